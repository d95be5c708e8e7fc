def literal(value):
    return value.missing
