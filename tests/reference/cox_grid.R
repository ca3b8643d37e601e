# Cox models, every combination of ties x weights x strata x delayed entry x tie method x cluster, on seeded data.
# Makes cox_grid.json. Run from anywhere: Rscript tests/reference/cox_grid.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(20240117)
tight <- coxph.control(eps = 1e-14, iter.max = 60, toler.chol = 1e-15)

make <- function(ties, n = 60) {
  x1 <- round(rnorm(n), 3); x2 <- rbinom(n, 1, .45); x3 <- round(runif(n, -2, 3), 3)
  enter <- round(runif(n, 0, 8), 4)
  follow <- rexp(n, .06 * exp(.5 * x1 - .4 * x2))
  stop <- enter + follow + 1e-3
  if (ties == "none") { stop <- round(stop, 6) }
  if (ties == "event") { stop <- ceiling(stop); enter <- enter + .3217; enter <- pmin(enter, stop - .1) }
  if (ties == "entry") { enter <- floor(enter); stop <- round(stop, 6) }
  if (ties == "both") { enter <- floor(enter); stop <- pmax(ceiling(stop / 3) * 3, enter + 1) }
  data.frame(enter = enter, stop = stop, event = rbinom(n, 1, .7), x1, x2, x3,
             w = sample(c(.25, .5, 1, 1.7, 3), n, TRUE), k = as.numeric(sample(1:3, n, TRUE)),
             g = sample(1:3, n, TRUE), id = sample(1:22, n, TRUE), off = round(rnorm(n, 0, .3), 3))
}
data <- list(); cases <- list()
for (ties in c("none", "event", "entry", "both")) {
  d <- make(ties); data[[ties]] <- d
  for (wt in c("none", "whole", "fraction", "zeros")) for (st in c(FALSE, TRUE)) for (en in c(FALSE, TRUE))
    for (method in c("efron", "breslow")) for (cl in c(FALSE, TRUE)) for (of in c(FALSE, TRUE)) {
      y <- if (en) "Surv(enter, stop, event)" else "Surv(stop, event)"
      f <- paste(y, "~ x1 + x2 + x3", if (st) "+ strata(g)", if (of) "+ offset(off)", if (cl) "+ cluster(id)")
      # A row of weight 0 counts as absent: R fits the others (left in, such a row would count as one of Efron's tied events).
      w <- switch(wt, none = rep(1, nrow(d)), whole = d$k, fraction = d$w, zeros = ifelse(seq_len(nrow(d)) %% 4 == 0, 0, d$w))
      dd <- d; dd$ww <- w; dd <- dd[w > 0, ]
      fit <- coxph(as.formula(f), data = dd, weights = ww, ties = method, control = tight, robust = cl)
      z <- cox.zph(fit, transform = "km", terms = FALSE)$table
      out <- list(ties = ties, weights = wt, strata = st, entry = en, method = method, cluster = cl, offset = of,
                  coef = unname(coef(fit)), loglik = fit$loglik, score = fit$score,
                  naive = unname(sqrt(diag(if (cl) fit$naive.var else fit$var))),
                  robust = if (cl) unname(sqrt(diag(fit$var))) else NULL, wald = fit$wald.test,
                  zph = unname(z[, 1]))
      if (!of) {
        cc <- concordance(fit)
        out$concordance <- unname(cc$concordance); out$concordance_se <- sqrt(cc$var)
      }
      if (!cl && !of) {
        out$martingale <- unname(residuals(fit, "martingale"))
        out$deviance <- unname(residuals(fit, "deviance"))
        out$score_residual <- unname(residuals(fit, "score"))
        out$dfbeta <- unname(residuals(fit, "dfbeta"))
        bh <- basehaz(fit, centered = FALSE)
        out$base <- list(time = bh$time, hazard = bh$hazard, strata = as.character(bh$strata))
        if (!st) {
          sf <- survfit(fit, newdata = data.frame(x1 = c(0, .7), x2 = c(1, 0), x3 = c(.2, -1)), conf.type = "log-log")
          ss <- summary(sf, times = c(4, 9, 15), extend = TRUE)
          out$predict <- list(surv = t(ss$surv), se = t(ss$std.err), lower = t(ss$lower), upper = t(ss$upper))
          out$schoenfeld <- unname(residuals(fit, "schoenfeld"))
          out$scaled <- unname(residuals(fit, "scaledsch"))
        }
      }
      cases[[length(cases) + 1]] <- out
    }
}
write_json(list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival"))),
                data = data, cases = cases),
           file.path(here, "cox_grid.json"), digits = I(15), auto_unbox = TRUE, dataframe = "columns", na = "null")
