# Named log-rank weights, other transforms of the proportional-hazards test, restricted means, standardised differences,
# Mantel-Haenszel ratios and differences, variances of an incidence, many tables for Fisher's test, logistic models by Firth.
# Makes contrasts.json. Run from anywhere: Rscript tests/reference/contrasts.R
suppressPackageStartupMessages({library(survival); library(cmprsk); library(prodlim); library(coin); library(metafor); library(jsonlite)})
options(warn = -1)
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(20260404)
n <- 84
d <- data.frame(x1 = round(rnorm(n), 3), x2 = rbinom(n, 1, .5), g = sample(c("A", "B"), n, TRUE), h = sample(1:3, n, TRUE), s = sample(1:2, n, TRUE))
d$enter <- floor(runif(n, 0, 6)); d$stop <- d$enter + ceiling(rexp(n, .1 * exp(.4 * (d$g == "B")))); d$event <- rbinom(n, 1, .7)
d$code <- ifelse(d$event == 1, sample(1:2, n, TRUE, c(.6, .4)), 0); d$days <- round(rexp(n, .1), 4) + .001

# Log-rank tests from the counts of survfit: the weight of each event time is written out again from its definition.
by_hand <- function(time, event, group, weight, strata = rep(1, length(time)), enter = NULL) {
  labels <- sort(unique(group)); G <- length(labels); O <- E <- numeric(G); V <- matrix(0, G, G)
  for (s in unique(strata)) {
    keep <- strata == s; t <- time[keep]; e <- event[keep]; k <- group[keep]; a <- if (is.null(enter)) rep(-1, sum(keep)) else enter[keep]
    pooled <- 1; smooth <- 1
    for (u in sort(unique(t[e == 1]))) {
      risk <- a < u & t >= u; N <- sum(risk); D <- sum(e == 1 & t == u)
      nj <- sapply(labels, function(l) sum(risk & k == l)); dj <- sapply(labels, function(l) sum(e == 1 & t == u & k == l))
      smooth <- smooth * (N + 1 - D) / (N + 1)
      w <- switch(weight, logrank = 1, gehan = N, "tarone-ware" = sqrt(N), "peto-peto" = smooth, "modified-peto" = smooth * N / (N + 1),
                  late = (1 - pooled), middle = sqrt(pooled) * (1 - pooled))
      pooled <- pooled * (N - D) / N
      O <- O + w * dj; E <- E + w * D * nj / N
      if (N > 1) V <- V + w^2 * D * (N - D) / (N - 1) * (diag(nj / N) - outer(nj / N, nj / N))
    }
  }
  u <- (O - E)[-1]
  list(statistic = drop(u %*% solve(V[-1, -1], u)), observed = O, expected = E)
}
weights <- c("logrank", "gehan", "tarone-ware", "peto-peto", "modified-peto", "late", "middle"); lr <- list()
for (w in weights) for (st in c(FALSE, TRUE)) for (gr in c("g", "h")) for (en in c(FALSE, TRUE)) {
  s <- if (st) d$s else rep(1, n)
  lr[[length(lr) + 1]] <- c(list(weight = w, strata = st, group = gr, entry = en),
                            by_hand(d$stop, d$event, d[[gr]], w, s, if (en) d$enter else NULL))
}
# Without ties coin's scores make the same numerators (its variance is that of permutations): a second look at the weights.
# Its "Prentice-Marek" is Peto and Peto's estimator with n + 1; its "Peto-Peto" is the Kaplan-Meier curve before t (rho = 1 here).
types <- c(logrank = "logrank", gehan = "Gehan-Breslow", "tarone-ware" = "Tarone-Ware", "peto-peto" = "Prentice-Marek", early = "Peto-Peto")
ct <- lapply(names(types), function(w) {
  f <- logrank_test(Surv(days, event) ~ factor(g), d, type = types[[w]], ties.method = "mid-ranks")
  list(weight = w, numerator = unname(drop(statistic(f, "linear") - expectation(f))))
})

# cox.zph: every transform x ties x strata x entry x weights.
zph <- list()
for (tr in c("km", "rank", "identity", "log")) for (method in c("efron", "breslow")) for (st in c(FALSE, TRUE)) for (en in c(FALSE, TRUE)) for (wt in c(FALSE, TRUE)) {
  f <- as.formula(paste(if (en) "Surv(enter, stop, event)" else "Surv(stop, event)", "~ x1 + x2", if (st) "+ strata(s)"))
  d$ww <- if (wt) 1 + seq_len(n) %% 3 else 1
  m <- coxph(f, d, weights = ww, ties = method, control = coxph.control(eps = 1e-14, iter.max = 60, toler.chol = 1e-15))
  zph[[length(zph) + 1]] <- list(transform = tr, ties = method, strata = st, entry = en, weights = wt,
                                 statistic = unname(cox.zph(m, transform = tr, terms = FALSE)$table[, 1]))
}
d$ww <- 1 + seq_len(n) %% 3

# Restricted means: the area and Greenwood's variance written out from survfit's steps.
area <- function(time, event, tau) {
  f <- survfit(Surv(time, event) ~ 1); t <- c(0, f$time[f$time < tau], tau); S <- c(1, f$surv[f$time < tau])
  A <- rev(cumsum(rev(diff(t) * S))); i <- which(f$time < tau & f$n.event > 0)
  v <- vapply(i, function(j) { rest <- A[match(f$time[j], t)]; if (rest == 0) 0 else rest^2 * f$n.event[j] / (f$n.risk[j] * (f$n.risk[j] - f$n.event[j])) }, 0)
  c(A[1], sum(v))
}
contrast <- function(time, event, arm, tau) {
  a <- area(time[arm == 0], event[arm == 0], tau); b <- area(time[arm == 1], event[arm == 1], tau); z <- qnorm(.975)
  gap <- b[1] - a[1]; se <- sqrt(a[2] + b[2]); r <- log(b[1] / a[1]); rs <- sqrt(a[2] / a[1]^2 + b[2] / b[1]^2)
  list(tau = tau, arms = rbind(a, b), difference = c(gap, gap - z * se, gap + z * se, se), p = 2 * pnorm(-abs(gap / se)),
       ratio = exp(c(r, r - z * rs, r + z * rs)), ratio_p = 2 * pnorm(-abs(r / rs)))
}
# The Mayo Clinic's PBC trial, 312 randomised patients, in years: the example of survRM2's vignette.
p <- pbc[1:312, ]
trial <- list(time = p$time / 365.25, status = as.numeric(p$status == 2), arm = as.numeric(p$trt == 1))
rmst <- list(pbc = c(trial, contrast(trial$time, trial$status, trial$arm, 10)),
             ours = lapply(c(4, 9, 15), function(tau) contrast(d$stop, d$event, as.numeric(d$g == "B"), tau)))

# Standardised differences from their definitions (Yang and Dalton 2012; Austin and Stuart 2015), the length by Cholesky.
k1 <- sample(c("a", "b", "c", "d"), 40, TRUE, c(.4, .3, .2, .1)); k2 <- sample(c("a", "b", "c", "d"), 31, TRUE); w1 <- runif(40, .2, 3); w2 <- runif(31, .2, 3)
u1 <- round(rnorm(40, 1), 2); u2 <- round(rnorm(31, 1.3, 2), 2); b1 <- rbinom(40, 1, .4); b2 <- rbinom(31, 1, .6)
share <- function(k, w = rep(1, length(k))) sapply(c("a", "b", "c"), function(l) sum(w[k == l]) / sum(w))
multi <- function(p) diag(p) - outer(p, p)
bern <- function(v) mean(v) * (1 - mean(v))
len <- function(gap) { R <- chol((multi(share(k1)) + multi(share(k2))) / 2); sqrt(sum(backsolve(R, gap, transpose = TRUE)^2)) }
smd <- list(u1 = u1, u2 = u2, b1 = b1, b2 = b2, k1 = k1, k2 = k2, w1 = w1, w2 = w2,
  continuous = (mean(u1) - mean(u2)) / sqrt((var(u1) + var(u2)) / 2), binary = (mean(b1) - mean(b2)) / sqrt((bern(b1) + bern(b2)) / 2),
  categorical = len(share(k1) - share(k2)),
  weighted_continuous = (weighted.mean(u1, w1) - weighted.mean(u2, w2)) / sqrt((var(u1) + var(u2)) / 2),
  weighted_binary = (weighted.mean(b1, w1) - weighted.mean(b2, w2)) / sqrt((bern(b1) + bern(b2)) / 2),
  weighted_categorical = len(share(k1, w1) - share(k2, w2)))

# Mantel-Haenszel: metafor's rma.mh has Greenland and Robins' (risk ratio) and Sato's (risk difference) variances.
mh <- lapply(list(three = array(c(12, 7, 5, 9, 3, 2, 9, 12, 20, 8, 11, 16), c(2, 2, 3)),
                  zeros = array(c(0, 4, 9, 6, 5, 0, 7, 11, 3, 2, 0, 4), c(2, 2, 3)),
                  sparse = array(c(1, 0, 0, 1, 1, 1, 0, 2, 0, 1, 2, 1, 1, 0, 1, 3, 1, 2, 0, 0), c(2, 2, 5))), function(k) {
  q <- function(m) rma.mh(ai = k[1, 1, ], bi = k[1, 2, ], ci = k[2, 1, ], di = k[2, 2, ], measure = m, add = 0, to = "none", drop00 = FALSE, correct = FALSE)
  r <- q("RR"); o <- q("OR"); v <- q("RD"); m <- mantelhaen.test(k, correct = FALSE)
  list(tables = lapply(seq_len(dim(k)[3]), function(i) k[, , i]), rr = exp(c(r$beta, r$ci.lb, r$ci.ub)), or = exp(c(o$beta, o$ci.lb, o$ci.ub)),
       rd = c(v$beta, v$ci.lb, v$ci.ub, v$se), statistic = unname(m$statistic))
})

# Cumulative incidence: Aalen's variance by cuminc, the delta method by prodlim.
ci <- list()
for (v in c("stop", "days")) for (cause in 1:2) {
  at <- c(2, 5, 9, 14, 20); f <- timepoints(cuminc(d[[v]], ifelse(d$code == 0, 0, ifelse(d$code == cause, 1, 2)), cencode = 0), at)
  d$T <- d[[v]]; q <- summary(prodlim(Hist(T, code) ~ 1, d), times = at, cause = cause, intervals = FALSE)$table
  q <- if (is.list(q)) q[[1]] else q
  ci[[length(ci) + 1]] <- list(time = v, cause = cause, at = at, estimate = unname(f$est[1, ]), aalen = unname(f$var[1, ]),
                               prodlim = unname(q[, "cuminc"]), delta = unname(q[, "se.cuminc"])^2)
}
d$T <- NULL

# Fisher's exact test on many tables (R's network algorithm), with empty cells, ties in probability, and uneven margins.
shapes <- list(c(2, 3), c(3, 2), c(2, 5), c(3, 3), c(3, 4), c(4, 3), c(4, 4), c(2, 8))
fisher <- list()
for (i in 1:60) {
  sh <- shapes[[1 + i %% length(shapes)]]; lambda <- exp(rnorm(prod(sh), log(c(.8, 2, 4)[1 + i %% 3]), .6)); m <- matrix(rpois(prod(sh), lambda), sh[1])
  if (any(rowSums(m) == 0) || any(colSums(m) == 0)) m[1, ] <- m[1, ] + 1
  if (any(rowSums(m) == 0)) m[, 1] <- m[, 1] + 1
  fisher[[i]] <- list(table = m, p = fisher.test(m, workspace = 2e7)$p.value)
}
two <- lapply(1:60, function(i) { m <- matrix(rpois(4, c(.7, 3, 12, 60)[1 + i %% 4]), 2); list(table = m, p = fisher.test(m)$p.value) })

# Firth's logistic model: the penalised likelihood at the maximum and with both slopes 0, the penalty that of the whole model.
d$y <- rbinom(n, 1, plogis(-1 + .7 * d$x1))
fl <- function(b, X) { e <- drop(X %*% b); q <- plogis(e); sum(d$y * e - log1p(exp(e))) + .5 * log(det(t(X) %*% (X * q * (1 - q)))) }
firth <- lapply(c(1, 365.25), function(unit) {
  X <- cbind(1, d$x1 * unit, d$x2)
  top <- optim(c(0, 0, 0), function(b) -fl(b / c(1, unit, 1), X), method = "BFGS", control = list(reltol = 1e-16, maxit = 1000))
  null <- optimize(function(a) fl(c(a, 0, 0), X), c(-5, 5), maximum = TRUE, tol = 1e-10)$objective
  list(unit = unit, null = null, top = -top$value, statistic = 2 * (-top$value - null))
})
write_json(list(versions = lapply(c(R = "base", survival = "survival", cmprsk = "cmprsk", prodlim = "prodlim", coin = "coin", metafor = "metafor"),
                                  function(p) as.character(packageVersion(p))),
                data = d, logrank = lr, coin = ct, zph = zph, rmst = rmst, smd = smd, mantel_haenszel = mh, incidence = ci,
                fisher = fisher, fisher_2x2 = two, firth = firth),
           file.path(here, "contrasts.json"), digits = I(15), auto_unbox = TRUE, dataframe = "columns", na = "null")
