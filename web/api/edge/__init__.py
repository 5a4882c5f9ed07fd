"""What every request passes: headers and metrics, the guard, rate limits, reading and answering."""
