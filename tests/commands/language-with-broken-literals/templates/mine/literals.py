def literal(value:
