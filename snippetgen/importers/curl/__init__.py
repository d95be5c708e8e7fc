"""Commands of curl, as shells and browsers write them."""
