# Turnbull's estimate by R's own survfit, with its stopping rule (5e-5 on the curve) made tight and its Aitken steps off: they are accepted on
# the unweighted likelihood and can end where the likelihood is not highest (the second case). Makes turnbull.json.
# Run from anywhere: Rscript tests/reference/turnbull.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
code <- sub("5e-05", "1e-13", deparse(survival:::survfitTurnbull), fixed = TRUE)
tight <- eval(parse(text = sub("if (TRUE)", "if (FALSE)", code, fixed = TRUE)), asNamespace("survival"))
assignInNamespace("survfitTurnbull", tight, "survival")
set.seed(41)
draw <- function(n, exact, days) {
  life <- 30 * rweibull(n, 1.4); stop <- runif(n, 10, 70)
  start <- runif(n, 0, 8); gap <- runif(n, 4, 12); k <- floor((life - start) / gap)
  l <- ifelse(k < 0, 0, start + k * gap); r <- start + (k + 1) * gap
  known <- runif(n) < exact; l[known] <- life[known]; r[known] <- life[known]
  late <- l > stop; l[late] <- stop[late]; r[late] <- NA
  if (days) { l <- round(l); r <- round(r) } else { l <- round(l, 3); r <- round(r, 3) }
  data.frame(l = l, r = r, w = sample(1:3, n, TRUE))
}
fit <- function(name, d, weighted) {
  d$lower <- ifelse(d$l == 0, NA, d$l)
  f <- survfit(Surv(lower, r, type = "interval2") ~ 1, data = d, weights = if (weighted) d$w else rep(1, nrow(d)))
  ends <- sort(unique(c(d$l, d$r)))
  at <- approx(c(-1, f$time), c(1, f$surv), ends + 1e-9, method = "constant", rule = 2)$y
  list(name = name, weighted = weighted, left = d$l, right = d$r, weight = d$w, time = ends, survival = at)
}
cases <- list(fit("visits", draw(60, 0, FALSE), FALSE), fit("visits, weighted", draw(80, 0, FALSE), TRUE), fit("visits on days", draw(100, 0, TRUE), FALSE),
  fit("exact times as well", draw(70, .3, FALSE), FALSE), fit("exact times on days, weighted", draw(90, .4, TRUE), TRUE))
out <- list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival"))), cases = cases)
writeLines(toJSON(out, digits = 15, auto_unbox = TRUE), file.path(here, "turnbull.json"))
