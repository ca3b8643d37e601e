# Royston-Parmar models without their package: the log-likelihood written over splines::ns (another basis of the same curves, its slope by
# differences) and maximised by optim, then polished by Newton steps with numeric derivatives. Makes spline.json.
# Run from anywhere: Rscript tests/reference/spline.R
suppressPackageStartupMessages({library(splines); library(survival); library(jsonlite)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(87)
n <- 150
d <- data.frame(x1 = round(rnorm(n), 2), x2 = rbinom(n, 1, .5))
life <- 40 * rweibull(n, 1.5, exp(-.4 * d$x1 + .3 * d$x2)); stop <- runif(n, 5, 80)
d$t <- round(pmin(life, stop), 3); d$e <- as.numeric(life <= stop); d$enter <- ifelse(runif(n) < .4, round(d$t * runif(n) * .8, 3), 0)
d$w <- sample(1:3, n, TRUE)
logS <- list(hazard = function(z) -exp(z), odds = function(z) -log1p(exp(z)), normal = function(z) pnorm(-z, log.p = TRUE))
logf <- list(hazard = function(z) z - exp(z), odds = function(z) z - 2 * log1p(exp(z)), normal = function(z) dnorm(z, log = TRUE))
gradient <- function(f, b, h = 1e-4) sapply(seq_along(b), function(j) { u <- replace(numeric(length(b)), j, h)
  (8 * (f(b + u) - f(b - u)) - (f(b + 2 * u) - f(b - 2 * u))) / (12 * h) })
hessian <- function(f, b, h = 1e-3) { k <- length(b); g <- function(j, s, m, r) { u <- numeric(k); u[j] <- u[j] + s * h; u[m] <- u[m] + r * h; f(b + u) }
  fourth <- function(j, m, q) (g(j, q, m, q) - g(j, q, m, -q) - g(j, -q, m, q) + g(j, -q, m, -q)) / (4 * q * q * h * h)
  H <- outer(1:k, 1:k, Vectorize(function(j, m) (4 * fourth(j, m, 1) - fourth(j, m, 2)) / 3)); (H + t(H)) / 2 }
fit <- function(scale, df, entry, weighted) {
  u <- log(d$t); dead <- u[d$e == 1]; ends <- range(dead)
  inner <- if (df > 1) unname(quantile(dead, (1:(df - 1)) / df)) else NULL
  B <- function(v) cbind(1, if (df > 1) ns(v, knots = inner, Boundary.knots = ends) else v)
  h <- 1e-5; b <- B(u); slope <- (8 * (B(u + h) - B(u - h)) - (B(u + 2 * h) - B(u - 2 * h))) / (12 * h)
  late <- entry & d$enter > 0; b0 <- B(log(pmax(d$enter, 1e-9))); k <- ncol(b); x <- as.matrix(d[, c("x1", "x2")])
  w <- if (weighted) d$w else rep(1, n)
  ll <- function(th) {
    z <- drop(b %*% th[1:k] + x %*% th[-(1:k)]); s <- drop(slope %*% th[1:k])
    if (any(s[d$e == 1] <= 0)) return(-1e10)
    z0 <- drop(b0 %*% th[1:k] + x %*% th[-(1:k)])
    sum(w * ifelse(d$e == 1, logf[[scale]](z) + log(pmax(s, 1e-300)) - u, logS[[scale]](z))) - sum((w * logS[[scale]](z0))[late])
  }
  line <- qr.solve(b, u - mean(u)); th <- c(line, 0, 0)
  for (i in 1:3) th <- optim(th, function(v) -ll(v), method = "BFGS", control = list(reltol = 1e-15, maxit = 2000))$par
  for (i in 1:8) th <- th - solve(hessian(ll, th), gradient(ll, th))
  se <- sqrt(diag(solve(-hessian(ll, th))))
  at <- B(log(c(5, 20, 40))); new <- rbind(c(0, 0), c(.5, 1))
  surv <- t(apply(new, 1, function(v) exp(logS[[scale]](drop(at %*% th[1:k]) + sum(v * th[-(1:k)])))))
  list(scale = scale, df = df, entry = entry, weighted = weighted, coef = th[-(1:k)], se = se[-(1:k)], loglik = ll(th), survival = surv)
}
cases <- c(lapply(c("hazard", "odds", "normal"), function(s) fit(s, 3, FALSE, FALSE)), lapply(c("hazard", "odds"), function(s) fit(s, 2, TRUE, FALSE)),
  list(fit("hazard", 4, FALSE, TRUE), fit("normal", 1, TRUE, TRUE), fit("hazard", 5, TRUE, TRUE)))
out <- list(versions = list(R = R.version.string), data = d, cases = cases)
writeLines(toJSON(out, digits = 15, auto_unbox = TRUE), file.path(here, "spline.json"))
