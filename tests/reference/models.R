# Fine-Gray, penalised and exact Cox, profile limits, logistic and parametric regression, max-combo, trend and paired tests.
# Makes models.json. Run from anywhere: Rscript tests/reference/models.R
suppressPackageStartupMessages({library(survival); library(cmprsk); library(brglm2); library(mvtnorm); library(jsonlite)})
options(warn = -1)
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(411)
n <- 80
d <- data.frame(x1 = round(rnorm(n), 2), x2 = rbinom(n, 1, .45), g = rep(0:1, n / 2), s = sample(1:2, n, TRUE))
d$t <- ceiling(rexp(n, .08 * exp(.4 * d$x1 - .5 * d$x2))); d$e <- rbinom(n, 1, .6)
d$code <- ifelse(d$e == 1, sample(1:2, n, TRUE, c(.6, .4)), 0)
d$tc <- d$t + round(runif(n) * .9, 5); d$enter <- floor(d$t * runif(n) * .7)
d$y <- rbinom(n, 1, plogis(-.3 + .8 * d$x1 - .6 * d$x2)); d$w <- sample(1:3, n, TRUE)
# Ten patients of whom none has the event: a monotone likelihood.
d$sep <- as.numeric(seq_len(n) <= 10); d$e0 <- ifelse(d$sep == 1, 0, d$e); d$y0 <- ifelse(d$sep == 1, 0, d$y)
tight <- coxph.control(eps = 1e-13, iter.max = 60, toler.chol = 1e-14)

fg <- lapply(c("t", "tc"), function(v) {
  f <- crr(d[[v]], d$code, d[, c("x1", "x2")], gtol = 1e-13, maxiter = 60)
  list(time = v, coef = unname(f$coef), se = unname(sqrt(diag(f$var))), loglik = f$loglik, null = f$loglik.null)
})
fg2 <- crr(d$t, d$code, d[, c("x1", "x2")], failcode = 2, gtol = 1e-13, maxiter = 60)
fg[[3]] <- list(time = "t", cause = 2, coef = unname(fg2$coef), se = unname(sqrt(diag(fg2$var))), loglik = fg2$loglik, null = fg2$loglik.null)

ex <- lapply(list(c(FALSE, FALSE), c(TRUE, FALSE), c(FALSE, TRUE), c(TRUE, TRUE)), function(v) {
  f <- as.formula(paste(if (v[2]) "Surv(enter, t, e)" else "Surv(t, e)", "~ x1 + x2", if (v[1]) "+ strata(s)"))
  r <- coxph(f, d, ties = "exact", control = tight)
  list(strata = v[1], entry = v[2], coef = unname(coef(r)), se = unname(sqrt(diag(r$var))), loglik = r$loglik, score = r$score)
})

root <- function(f, a, b) uniroot(f, c(a, b), tol = 1e-13, maxiter = 2000)$root
cut <- qchisq(.95, 1)
full <- coxph(Surv(t, e) ~ x1 + x2, d, control = tight)
dev1 <- function(b) 2 * (full$loglik[2] - coxph(Surv(t, e) ~ x2 + offset(b * x1), d, control = tight)$loglik[2]) - cut
dev2 <- function(b) 2 * (full$loglik[2] - coxph(Surv(t, e) ~ x1 + offset(b * x2), d, control = tight)$loglik[2]) - cut
b <- coef(full)
profile <- exp(rbind(c(root(dev1, b[1] - 2, b[1]), root(dev1, b[1], b[1] + 2)), c(root(dev2, b[2] - 3, b[2]), root(dev2, b[2], b[2] + 3))))

# Firth: the penalised likelihood from coxph's own loglik and variance at fixed coefficients, maximised by optim and polished.
pll <- function(b, ties) {
  f <- coxph(Surv(t, e0) ~ x1 + sep, d, ties = ties, init = b, control = coxph.control(iter.max = 0))
  f$loglik[2] + .5 * log(det(solve(f$var)))
}
polish <- function(f, b, h = 2e-4) {
  k <- length(b); u <- function(j) { v <- numeric(k); v[j] <- h; v }
  for (i in 1:6) {
    g <- sapply(1:k, function(j) (8 * (f(b + u(j)) - f(b - u(j))) - (f(b + 2 * u(j)) - f(b - 2 * u(j)))) / (12 * h))
    H <- sapply(1:k, function(m) sapply(1:k, function(j) (f(b + u(j) + u(m)) - f(b + u(j) - u(m)) - f(b - u(j) + u(m)) + f(b - u(j) - u(m))) / (4 * h * h)))
    b <- b - solve(H, g)
  }
  b
}
firth <- lapply(c("efron", "breslow"), function(ties) {
  f <- function(b) pll(b, ties)
  b <- polish(f, optim(c(0, 0), function(b) -f(b), method = "BFGS", control = list(reltol = 1e-15))$par)
  prof <- function(v) 2 * (f(b) - optimize(function(a) f(c(a, v)), b[1] + c(-2, 2), maximum = TRUE, tol = 1e-10)$objective) - cut
  list(ties = ties, coef = b, loglik = f(b), null = f(c(0, 0)), lower = exp(root(prof, b[2] - 12, b[2])), upper = exp(root(prof, b[2], b[2] + 5)))
})
rd <- coxph(Surv(t, e) ~ ridge(x1, x2, theta = 3, scale = FALSE), d, control = coxph.control(eps = 1e-13, iter.max = 100, toler.chol = 1e-14))
ridge <- list(coef = unname(coef(rd)), se = unname(sqrt(diag(rd$var))))

g1 <- glm(y ~ x1 + x2, binomial, d, weights = w, control = glm.control(epsilon = 1e-15, maxit = 100))
g0 <- glm(y ~ 1, binomial, d, weights = w)
pr <- function(b) deviance(glm(y ~ x2 + offset(b * x1), binomial, d, weights = w, control = glm.control(epsilon = 1e-14, maxit = 100))) - deviance(g1) - cut
pi <- function(b) deviance(glm(y ~ x1 + x2 - 1 + offset(rep(b, n)), binomial, d, weights = w, control = glm.control(epsilon = 1e-14, maxit = 100))) - deviance(g1) - cut
bb <- coef(g1)
# vcov(glm) belongs to the last iteration but one: the information is taken at the estimate itself.
M <- cbind(1, d$x1, d$x2); q <- plogis(drop(M %*% bb)); glm_se <- unname(sqrt(diag(solve(t(M) %*% (M * d$w * q * (1 - q))))))
logistic <- list(coef = unname(bb), se = glm_se, loglik = -deviance(g1) / 2, null = -deviance(g0) / 2,
  profile_x1 = exp(c(root(pr, bb[2] - 2, bb[2]), root(pr, bb[2], bb[2] + 2))),
  profile_intercept = exp(c(root(pi, bb[1] - 2, bb[1]), root(pi, bb[1], bb[1] + 2))))
br <- glm(y0 ~ x1 + sep, binomial, d, method = "brglmFit", type = "AS_mean", epsilon = 1e-15, maxit = 10000)
X <- cbind(1, d$x1, d$sep)
lp <- function(b) { eta <- drop(X %*% b); p <- plogis(eta); sum(d$y0 * eta - log1p(exp(eta))) + .5 * log(det(t(X) %*% (X * p * (1 - p)))) }
top <- lp(coef(br))
fprof <- function(v) 2 * (top - optim(coef(br)[1:2], function(a) -lp(c(a, v)), method = "BFGS", control = list(reltol = 1e-15))$value * -1) - cut
firth_logistic <- list(coef = unname(coef(br)), loglik = top,
  sep = exp(c(root(fprof, coef(br)[3] - 12, coef(br)[3]), root(fprof, coef(br)[3], coef(br)[3] + 6))))

dist <- c(weibull = "weibull", exponential = "exponential", "log-normal" = "lognormal", "log-logistic" = "loglogistic")
par <- lapply(names(dist), function(k) {
  f <- survreg(Surv(t, e) ~ x1 + x2, d, dist = dist[[k]], control = survreg.control(rel.tolerance = 1e-14, maxiter = 100))
  sd <- sqrt(diag(f$var))
  # Left truncation: density over survival at entry, maximised directly.
  S <- function(z) switch(k, weibull = , exponential = -exp(z), "log-normal" = pnorm(z, lower.tail = FALSE, log.p = TRUE), "log-logistic" = plogis(-z, log.p = TRUE))
  D <- function(z) switch(k, weibull = , exponential = z - exp(z), "log-normal" = dnorm(z, log = TRUE), "log-logistic" = dlogis(z, log = TRUE))
  ll <- function(th) {
    s <- if (k == "exponential") 1 else exp(th[4]); m <- th[1] + th[2] * d$x1 + th[3] * d$x2; z <- (log(d$t) - m) / s
    sum(ifelse(d$e == 1, D(z) - log(s) - log(d$t), S(z))) - sum(ifelse(d$enter > 0, S((log(pmax(d$enter, 1e-9)) - m) / s), 0))
  }
  start <- c(coef(f), if (k != "exponential") log(f$scale))
  o <- optim(start, function(th) -ll(th), method = "BFGS", control = list(reltol = 1e-15, maxit = 500))
  th <- polish(ll, o$par)
  list(distribution = k, coef = unname(coef(f)), se = unname(sd[1:3]), scale = f$scale, log_scale_se = if (k == "exponential") 0 else unname(sd[4]),
       loglik = f$loglik, median = unname(predict(f, data.frame(x1 = c(0, 1), x2 = c(1, 0)), type = "quantile", p = .5)),
       entry = unname(th), entry_loglik = ll(th))
})

# Max-combo: rho tests from survdiff; joint tail by Miwa's algorithm.
zr <- sapply(c(0, 1), function(r) { f <- survdiff(Surv(t, e) ~ g, d, rho = r); (f$obs - f$exp)[2] / sqrt(f$var[2, 2]) })
cors <- list(matrix(c(1, .6, .6, 1), 2), matrix(c(1, .85, .9, .85, 1, .6, .9, .6, 1), 3),
             matrix(c(1, .86, .9, .96, .86, 1, .58, .86, .9, .58, 1, .86, .96, .86, .86, 1), 4))
box <- lapply(cors, function(C) { k <- nrow(C); list(correlation = C, bound = c(.8, 2, 3.2), p = sapply(c(.8, 2, 3.2), function(q)
  1 - pmvnorm(rep(-q, k), rep(q, k), corr = C, algorithm = if (k < 4) Miwa(steps = 4096) else GenzBretz(maxpts = 5e7, abseps = 1e-8))[1])) })

land <- lapply(0:1, function(v) { s <- summary(survfit(Surv(t, e) ~ 1, d[d$g == v, ]), times = 9); c(s$surv, s$std.err) })

mc <- matrix(c(20, 5, 14, 31), 2)
mcnemar <- list(table = mc, plain = unname(mcnemar.test(mc, correct = FALSE)$statistic), corrected = unname(mcnemar.test(mc)$statistic),
                exact = binom.test(5, 19)$p.value, midp = binom.test(5, 19)$p.value - dbinom(5, 19, .5))
tr <- prop.trend.test(c(3, 7, 9, 14), c(20, 22, 19, 21)); tr2 <- prop.trend.test(c(3, 7, 9, 14), c(20, 22, 19, 21), score = c(0, 1, 5, 9))
trend <- list(x = c(3, 7, 9, 14), n = c(20, 22, 19, 21), plain = unname(tr$statistic), scored = unname(tr2$statistic))
k3 <- array(c(12, 7, 5, 9, 3, 2, 9, 12, 20, 8, 11, 16), c(2, 2, 3)); or <- unname(mantelhaen.test(k3)$estimate)
bd <- sapply(1:3, function(i) { m <- k3[, , i]; r <- sum(m[1, ]); cc <- sum(m[, 1]); N <- sum(m)
  a <- root(function(a) a * (N - r - cc + a) - or * (r - a) * (cc - a), max(0, r + cc - N), min(r, cc)); c(m[1, 1], a, 1 / sum(1 / c(a, r - a, cc - a, N - r - cc + a))) })
breslow <- list(tables = lapply(1:3, function(i) k3[, , i]), plain = sum((bd[1, ] - bd[2, ])^2 / bd[3, ]),
                tarone = sum((bd[1, ] - bd[2, ])^2 / bd[3, ]) - sum(bd[1, ] - bd[2, ])^2 / sum(bd[3, ]))
# Unconditional tests: the nuisance proportion searched on a fine grid, then refined.
un <- matrix(c(7, 8, 12, 3), 2); n1 <- sum(un[, 1]); n2 <- sum(un[, 2])
grid <- expand.grid(a = 0:n1, b = 0:n2)
score <- with(grid, { p <- (a + b) / (n1 + n2); v <- p * (1 - p) * (1 / n1 + 1 / n2); ifelse(v > 0, (a / n1 - b / n2) / sqrt(v), 0) })
fish <- apply(grid, 1, function(v) phyper(v[1], n1, n2, v[1] + v[2]))
at <- grid$a == un[1, 1] & grid$b == un[1, 2]
worst <- function(set) { f <- function(q) sum(dbinom(grid$a[set], n1, q) * dbinom(grid$b[set], n2, q)); g <- seq(.0005, .9995, .0005)
  m <- g[which.max(sapply(g, f))]; optimize(f, m + c(-.001, .001), maximum = TRUE, tol = 1e-12)$objective }
fish2 <- apply(grid, 1, function(v) phyper(v[1] - 1, n1, n2, v[1] + v[2], lower.tail = FALSE))
uncond <- list(table = un, barnard = worst(abs(score) >= abs(score[at]) - 1e-9),
               boschloo = 2 * min(worst(fish <= fish[at] * (1 + 1e-9)), worst(fish2 <= fish2[at] * (1 + 1e-9))))
pv <- c(.011, .02, .3, .0004, .047, .6, .02)
adjust <- list(p = pv, holm = p.adjust(pv, "holm"), hochberg = p.adjust(pv, "hochberg"), bh = p.adjust(pv, "BH"))
u <- round(rexp(17), 3); v <- round(rexp(21, .6), 3); o <- sort(outer(u, v, "-"))
k <- floor(17 * 21 / 2 - qnorm(.975) * sqrt(17 * 21 * 39 / 12)); gm <- t.test(log(u), log(v))
shift <- list(u = u, v = v, hl = median(o), limits = c(o[k], o[17 * 21 + 1 - k]), gmr = exp(diff(rev(unname(gm$estimate)))), gmr_ci = exp(as.numeric(gm$conf.int)), gmr_p = gm$p.value)
write_json(list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival")), cmprsk = as.character(packageVersion("cmprsk")),
    brglm2 = as.character(packageVersion("brglm2")), mvtnorm = as.character(packageVersion("mvtnorm"))),
  data = d, fine_gray = fg, exact = ex, profile = profile, firth = firth, ridge = ridge, logistic = logistic, firth_logistic = firth_logistic,
  parametric = par, rho_z = zr, box = box, landmark = land, mcnemar = mcnemar, trend = trend, breslow_day = breslow, unconditional = uncond,
  adjust = adjust, shift = shift), file.path(here, "models.json"), digits = I(15), auto_unbox = TRUE, dataframe = "columns", na = "null")
