"""Reads curl commands as shells and browsers write them."""
