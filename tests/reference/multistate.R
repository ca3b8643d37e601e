# Aalen-Johansen estimates of R's survfit for three synthetic cohorts: illness and death with late entry and recovery, competing risks, and a
# start in several states; probabilities with infinitesimal-jackknife errors, transition probabilities (start.time, p0), areas from the influence.
# Makes multistate.json. Run from anywhere: Rscript tests/reference/multistate.R
suppressPackageStartupMessages({library(survival); library(jsonlite)})
here <- dirname(sub("^--file=", "", grep("^--file=", commandArgs(FALSE), value = TRUE)))
set.seed(29)
follow <- function(id, start, late, round_to) {
  rate <- list(healthy = c(ill = .04, dead = .015), ill = c(healthy = .05, dead = .06))
  stop <- runif(1, 20, 60); t <- late; s <- start; out <- NULL
  repeat {
    gaps <- rexp(2, rate[[s]]); nxt <- names(rate[[s]])[which.min(gaps)]; u <- ceiling((t + min(gaps)) / round_to) * round_to
    if (u <= t) u <- t + round_to
    if (u > stop) { end <- ceiling(stop / round_to) * round_to; if (end > t) out <- rbind(out, data.frame(id, t0 = t, t1 = end, from = s, to = "censored")); break }
    out <- rbind(out, data.frame(id, t0 = t, t1 = u, from = s, to = nxt)); t <- u; s <- nxt
    if (s == "dead") break
  }
  out
}
cohort <- function(n, several, late, round_to) do.call(rbind, lapply(1:n, function(i)
  follow(i, if (several && i %% 3 == 0) "ill" else "healthy", if (late && i %% 4 == 0) round(runif(1, 1, 15) / round_to) * round_to else 0, round_to)))
fit <- function(name, d, states, s, tau) {
  d$event <- factor(d$to, c("censored", states)); from <- factor(d$from, states)
  run <- function(...) survfit(Surv(t0, t1, event) ~ 1, data = d, id = id, istate = from, influence = TRUE, ...)
  f <- run(); at <- quantile(d$t1, c(0, .1, .3, .5, .7, .9), names = FALSE, type = 1); a <- summary(f, times = at)
  begin <- intersect(states, as.character(unique(from)))
  k <- match(states, f$states)
  P <- lapply(begin, function(h) { g <- run(start.time = s, p0 = as.numeric(f$states == h)); b <- summary(g, times = tau)
    list(from = h, p = b$pstate[, k], se = b$std.err[, k]) })
  cut <- f$time[f$time < tau]; width <- diff(c(0, cut, tau))
  area <- colSums(rbind(f$p0, f$pstate[seq_along(cut), , drop = FALSE]) * width)
  U <- f$influence.pstate; U <- if (is.list(U)) U[[1]] else U
  if (dim(U)[2] == length(f$time)) stop("the influence has no row for the start")
  shares <- apply(U[, 1:(length(cut) + 1), , drop = FALSE], c(1, 3), function(v) sum(v * width))
  list(name = name, states = states, rows = d[, c("id", "t0", "t1", "from", "to")], time = at, p = a$pstate[, k], se = a$std.err[, k], start = s, tau = tau,
    transition = P, area = area[k], area_se = sqrt(colSums(shares^2))[k], p0 = unname(f$p0)[k])
}
three <- c("dead", "healthy", "ill")
comp <- data.frame(id = 1:80, t0 = 0, t1 = ceiling(rexp(80, .05)), from = "start", to = sample(c("censored", "relapse", "toxic"), 80, TRUE))
cases <- list(fit("one start, days, late entry", cohort(70, FALSE, TRUE, 1), three, 4.5, 30), fit("two starts, days", cohort(60, TRUE, FALSE, 1), three, 6.5, 25),
  fit("two starts, late entry, fractions", cohort(60, TRUE, TRUE, .001), three, 5.0005, 28), fit("competing risks, days", comp, c("relapse", "start", "toxic"), 2.5, 20))
out <- list(versions = list(R = R.version.string, survival = as.character(packageVersion("survival"))), cases = cases)
writeLines(toJSON(out, digits = 15, auto_unbox = TRUE), file.path(here, "multistate.json"))
