# Every number of examples/gbsg2, computed from its raw CSV file by a path of its own: plain R and `survival`.
#
#   Rscript tests/reference/gbsg2.R        (from the root of the repository; writes tests/reference/gbsg2.json)
#
# Months = days / 30.4375. Kaplan-Meier with log-log intervals; Cox by Efron's method; cox.zph with transform "km"; quantiles of type 7.

suppressPackageStartupMessages({
  library(survival)
  library(jsonlite)
})

month <- 30.4375
d <- read.csv("examples/gbsg2/records/gbsg2.csv", stringsAsFactors = FALSE)
d$group <- factor(ifelse(d$horTh == "yes", "Hormone therapy", "No hormone therapy"), levels = c("No hormone therapy", "Hormone therapy"))
d$meno <- factor(d$menostat, levels = c("Pre", "Post"), labels = c("Premenopausal", "Postmenopausal"))
d$grade <- factor(d$tgrade, levels = c("I", "II", "III"), labels = c("Grade I", "Grade II", "Grade III"))
d$nodes <- cut(d$pnodes, c(-Inf, 3, 9, Inf), labels = c("1 to 3 nodes", "4 to 9 nodes", "10 or more nodes"))
d$prog <- cut(d$progrec, c(-Inf, 19, Inf), labels = c("under 20 fmol/mg", "20 fmol/mg or more"))

rows <- list()
add <- function(analysis, statistic, value, ..., lower = NULL, upper = NULL, p = NULL) {
  rows[[length(rows) + 1]] <<- c(list(analysis = analysis, statistic = statistic, value = value, lower = lower, upper = upper, p = p), list(...))
}
groups <- list(list(NULL, rep(TRUE, nrow(d))))
groups <- c(list(list("Hormone therapy", d$group == "Hormone therapy"), list("No hormone therapy", d$group != "Hormone therapy")), groups)

# ---- baseline ---------------------------------------------------------------------------------------------------------------
smd <- function(x, y) (mean(x) - mean(y)) / sqrt((var(x) + var(y)) / 2)
smd_shares <- function(x, y) { # Yang and Dalton (2012): Mahalanobis length of the difference of shares, one category left out
  levels <- sort(unique(c(x, y)))[-1]
  a <- sapply(levels, function(l) mean(x == l)); b <- sapply(levels, function(l) mean(y == l))
  s <- (diag(a, length(a)) - a %*% t(a) + diag(b, length(b)) - b %*% t(b)) / 2
  sqrt(t(a - b) %*% solve(s, a - b))[1]
}
treated <- d$group == "Hormone therapy"
add_smd <- function(value, variable) { # interval: Hedges and Olkin (1985)
  n <- sum(treated); m <- sum(!treated)
  se <- sqrt((n + m) / (n * m) + value^2 / (2 * (n + m)))
  add("baseline", "smd", value, lower = value - qnorm(0.975) * se, upper = value + qnorm(0.975) * se, group = "Hormone therapy", variable = variable)
}
for (v in list(c("age", "Age"), c("tsize", "Tumour size"), c("pnodes", "Positive nodes"),
               c("progrec", "Progesterone receptor"), c("estrec", "Oestrogen receptor"))) {
  x <- d[[v[1]]]
  for (g in groups) {
    y <- x[g[[2]]]
    found <- c(n = length(y), mean = mean(y), sd = sd(y), median = median(y), q1 = unname(quantile(y, 0.25)),
               q3 = unname(quantile(y, 0.75)), min = min(y), max = max(y))
    for (name in names(found)) add("baseline", name, found[[name]], group = g[[1]], variable = v[2])
  }
  add_smd(smd(x[treated], x[!treated]), v[2])
}
for (v in list(list("meno", "Menopausal status"), list("tgrade", "Tumour grade"))) {
  x <- as.character(d[[v[[1]]]])
  for (g in groups) for (level in unique(x)) {
    add("baseline", "count", sum(x[g[[2]]] == level), group = g[[1]], variable = v[[2]], level = level)
    add("baseline", "percent", 100 * mean(x[g[[2]]] == level), group = g[[1]], variable = v[[2]], level = level)
  }
  add_smd(smd_shares(x[treated], x[!treated]), v[[2]])
}

# ---- follow-up and curves ---------------------------------------------------------------------------------------------------
quantile_of <- function(fit, p = 0.5) {
  q <- quantile(fit, p)
  lapply(q, function(v) if (is.na(v)) NULL else unname(v) / month)
}
for (g in groups) {
  part <- d[g[[2]], ]
  q <- quantile_of(survfit(Surv(time, 1 - cens) ~ 1, part, conf.type = "log-log"))
  add("follow_up", "follow_up_median", q$quantile, lower = q$lower, upper = q$upper, group = g[[1]], method = "reverse Kaplan–Meier")
  add("follow_up", "follow_up_median", median(part$time) / month, group = g[[1]], method = "observed")
  add("follow_up", "min", min(part$time) / month, group = g[[1]], variable = "observed follow-up")
  add("follow_up", "max", max(part$time) / month, group = g[[1]], variable = "observed follow-up")
}
for (g in groups[1:2]) {
  part <- d[g[[2]], ]
  fit <- survfit(Surv(time, cens) ~ 1, part, conf.type = "log-log")
  add("rfs", "n", nrow(part), group = g[[1]])
  add("rfs", "events", sum(part$cens), group = g[[1]])
  add("rfs", "censored", sum(1 - part$cens), group = g[[1]])
  q <- quantile_of(fit)
  add("rfs", "median", q$quantile, lower = q$lower, upper = q$upper, group = g[[1]])
  for (t in c(24, 60)) {
    at <- summary(fit, times = t * month)
    add("rfs", "landmark_rate", at$surv, lower = at$lower, upper = at$upper, group = g[[1]], time = t)
  }
}

# ---- comparison -------------------------------------------------------------------------------------------------------------
test <- survdiff(Surv(time, cens) ~ group, d)
add("rfs", "logrank", test$chisq, p = pchisq(test$chisq, 1, lower.tail = FALSE))
control <- coxph.control(eps = 1e-13, toler.chol = 1e-16, iter.max = 60)
cox <- function(formula, data) coxph(formula, data, ties = "efron", control = control, model = TRUE, x = TRUE)
ratio <- function(fit, i) {
  s <- summary(fit)
  b <- coef(fit)[i]; se <- sqrt(vcov(fit)[i, i])
  list(value = exp(b), lower = exp(b - qnorm(0.975) * se), upper = exp(b + qnorm(0.975) * se), p = 2 * pnorm(-abs(b / se)))
}
add_ratio <- function(fit, i, ...) {
  r <- lapply(ratio(fit, i), unname)
  add("rfs", "hazard_ratio", r$value, lower = r$lower, upper = r$upper, p = r$p, ...)
}
add_zph <- function(fit, model) {
  z <- cox.zph(fit, transform = "km", terms = FALSE)$table["GLOBAL", ]
  add("rfs", "proportional_hazards", z[["chisq"]], p = z[["p"]], model = model)
}
plain <- cox(Surv(time, cens) ~ group, d)
add_ratio(plain, 1, group = "Hormone therapy", model = "unadjusted")
add_zph(plain, "unadjusted")
full <- cox(Surv(time, cens) ~ group + I(age / 10) + meno + I(tsize / 10) + grade + pnodes + I(progrec / 100) + I(estrec / 100), d)
add_ratio(full, 1, group = "Hormone therapy", model = "adjusted")
named <- list(c("Age, per 10 years"), c("Menopausal status", "Post vs Pre"), c("Tumour size, per 10 mm"), c("Tumour grade", "II vs I"),
              c("Tumour grade", "III vs I"), c("Positive nodes, per node"), c("Progesterone receptor, per 100 fmol/mg"),
              c("Oestrogen receptor, per 100 fmol/mg"))
for (i in seq_along(named)) {
  add_ratio(full, i + 1, variable = named[[i]][1], level = if (length(named[[i]]) > 1) named[[i]][2], model = "adjusted")
}
add_zph(full, "adjusted")

# ---- subgroups --------------------------------------------------------------------------------------------------------------
for (v in list(c("meno", "Menopausal status"), c("grade", "Tumour grade"), c("nodes", "Positive nodes"), c("prog", "Progesterone receptor"))) {
  d$by <- d[[v[1]]]
  for (level in levels(d$by)) {
    part <- d[d$by == level, ]
    for (g in levels(d$group)) {
      add("rfs", "n", sum(part$group == g), group = g, variable = v[2], subgroup = level)
      add("rfs", "events", sum(part$cens[part$group == g]), group = g, variable = v[2], subgroup = level)
    }
    add_ratio(cox(Surv(time, cens) ~ group, part), 1, group = "Hormone therapy", variable = v[2], subgroup = level, model = "subgroup")
  }
  statistic <- 2 * (cox(Surv(time, cens) ~ group * by, d)$loglik[2] - cox(Surv(time, cens) ~ group + by, d)$loglik[2])
  add("rfs", "interaction", statistic, p = pchisq(statistic, nlevels(d$by) - 1, lower.tail = FALSE), variable = v[2])
}

made <- list(made_by = list(script = "tests/reference/gbsg2.R", R = R.version.string, survival = as.character(packageVersion("survival"))),
             patients = nrow(d), results = lapply(rows, function(r) r[!sapply(r, is.null)]))
writeLines(toJSON(made, auto_unbox = TRUE, digits = NA, pretty = 1), "tests/reference/gbsg2.json")
