"""The real system, with its processes killed and stopped under load and its disk taken away."""
