"""The desk in a browser: `prassi serve`. No other command imports what it needs (`prassi[web]`)."""
