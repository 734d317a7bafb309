"""Pictures of the page: pure functions from results to what a browser draws."""
