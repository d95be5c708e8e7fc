"""Reads requests that a browser or a client saved: HAR and Postman."""
