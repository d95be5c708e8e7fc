"""Requests that a browser or a client kept: HAR and Postman."""
