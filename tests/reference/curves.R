# Kaplan-Meier curves, quantiles, restricted means, log-rank tests, cumulative incidence and Gray's test on seeded data.
# Makes curves.json. Run from anywhere: Rscript tests/reference/curves.R
suppressPackageStartupMessages({library(survival); library(cmprsk); library(jsonlite)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(77)
n <- 90
d <- data.frame(enter = floor(runif(n, 0, 12)))
d$stop <- d$enter + ceiling(rexp(n, .05)); d$event <- rbinom(n, 1, .65)
d$g <- sample(c("A", "B", "C"), n, TRUE, c(.4, .4, .2)); d$s <- sample(1:3, n, TRUE)
d$w <- sample(c(.3, 1, 1.6, 2), n, TRUE); d$code <- ifelse(d$event == 1, sample(1:3, n, TRUE), 0)
d$days <- round(rexp(n, .1), 5)

curve <- function(f, times, tau) {
  q <- quantile(f, c(.1, .25, .5, .6, .75))
  s <- summary(f, times = times, extend = FALSE)
  m <- survival:::survmean(f, rmean = tau)$matrix
  list(time = f$time, n_risk = f$n.risk, n_event = f$n.event, n_censor = f$n.censor, survival = f$surv,
       se = ifelse(f$surv > 0, if (isFALSE(f$logse)) f$std.err else f$surv * f$std.err, NA), lower = f$lower, upper = f$upper,
       q = unname(q$quantile), q_lower = unname(q$lower), q_upper = unname(q$upper),
       at = times, at_survival = s$surv, at_se = s$std.err, tau = tau,
       rmst = unname(m["rmean"]), rmst_se = unname(m["se(rmean)"]))
}
types <- c("log-log" = "log-log", log = "log", plain = "plain", logit = "logit", arcsine = "arcsin")
km <- list()
for (ty in names(types)) {
  km[[paste0("plain data, ", ty)]] <- c(list(conf = ty, kind = "right"),
    curve(survfit(Surv(stop, event) ~ 1, d, conf.type = types[[ty]]), c(3, 10, 20, 33), 30))
  km[[paste0("entry, ", ty)]] <- c(list(conf = ty, kind = "entry"),
    curve(survfit(Surv(enter, stop, event) ~ 1, d, conf.type = types[[ty]]), c(8, 10, 20, 33), 30))
}
km[["weights, greenwood"]] <- c(list(conf = "log-log", kind = "weights", variance = "greenwood"),
  curve(survfit(Surv(stop, event) ~ 1, d, weights = w, robust = FALSE, conf.type = "log-log"), c(3, 10, 20), 30))
km[["weights, jackknife"]] <- c(list(conf = "log-log", kind = "weights", variance = "jackknife"),
  curve(survfit(Surv(stop, event) ~ 1, d, weights = w, robust = TRUE, conf.type = "log-log"), c(3, 10, 20), 30))
km[["weights, entry, jackknife"]] <- c(list(conf = "log-log", kind = "weights entry", variance = "jackknife"),
  curve(survfit(Surv(enter, stop, event) ~ 1, d, weights = w, id = seq_len(n), robust = TRUE, conf.type = "log-log"),
        c(8, 10, 20), 30))
km[["continuous"]] <- c(list(conf = "log-log", kind = "days"),
  curve(survfit(Surv(days, event) ~ 1, d, conf.type = "log-log"), c(1, 5, 20), 22))
km[["reverse"]] <- c(list(conf = "log-log", kind = "reverse"),
  curve(survfit(Surv(stop, 1 - event) ~ 1, d, conf.type = "log-log"), c(3, 10, 20), 30))

small <- list(`1,2,3,4` = list(1:4, c(1, 1, 1, 1)), plateau = list(1:4, c(1, 1, 0, 0)),
              float = list(c(1, 2, 3, 4, 5, 6, 7, 8), c(1, 1, 0, 1, 1, 0, 1, 1)),
              thirds = list(1:12, rep(c(1, 1, 1, 0), 3)), twenty = list(1:20, rep(1, 20)))
small <- lapply(small, function(v) {
  f <- survfit(Surv(v[[1]], v[[2]]) ~ 1, conf.type = "log-log")
  p <- c(.05, .1, .15, .2, .25, .3, .35, .4, .45, .5, .55, .6, .65, .7, .75, .8, .9, .95)
  q <- quantile(f, p)
  list(time = v[[1]], event = v[[2]], p = p, q = unname(q$quantile), lower = unname(q$lower), upper = unname(q$upper))
})

lr <- list()
for (rho in c(0, 1, .5)) for (st in c(FALSE, TRUE)) {
  f <- if (st) survdiff(Surv(stop, event) ~ g + strata(s), d, rho = rho) else survdiff(Surv(stop, event) ~ g, d, rho = rho)
  sums <- function(x) if (is.matrix(x)) rowSums(x) else x
  lr[[length(lr) + 1]] <- list(rho = rho, strata = st, statistic = f$chisq, p = f$pvalue, observed = sums(f$obs),
                               expected = sums(f$exp), variance = f$var)
}
# With delayed entry survdiff has nothing to offer: without ties the log-rank test is the score test of a Cox model.
d$late <- d$enter + (seq_len(n) %% 7) / 100; d$end <- d$late + d$days + .001
entry <- coxph(Surv(late, end, event) ~ g, d)$score
entry_strata <- coxph(Surv(late, end, event) ~ g + strata(s), d)$score

ci <- list()
for (cause in 1:3) {
  f <- cuminc(d$stop, as.integer(d$code == cause) + 2L * (d$code > 0 & d$code != cause), cencode = 0)
  tp <- timepoints(f, c(3, 8, 15, 25, 33))
  ci[[cause]] <- list(at = c(3, 8, 15, 25, 33), estimate = unname(tp$est[1, ]), variance = unname(tp$var[1, ]))
}
gray <- list()
for (cause in 1:2) for (rho in c(0, 1)) for (st in c(FALSE, TRUE)) {
  f <- if (st) cuminc(d$stop, d$code, d$g, d$s, rho = rho) else cuminc(d$stop, d$code, d$g, rho = rho)
  gray[[length(gray) + 1]] <- list(cause = cause, rho = rho, strata = st, statistic = f$Tests[cause, "stat"],
                                   p = f$Tests[cause, "pv"], df = f$Tests[cause, "df"])
}
write_json(list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival")),
                                cmprsk = as.character(packageVersion("cmprsk"))),
                data = d, km = km, small = small, logrank = lr, logrank_entry = entry,
                logrank_entry_strata = entry_strata, incidence = ci, gray = gray),
           file.path(here, "curves.json"), digits = I(15), auto_unbox = TRUE, dataframe = "columns", na = "null")
