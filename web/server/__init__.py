"""How a listener takes connections and requests before any app sees them."""
