"Sampling, splits without leaks, and the golden data set"
