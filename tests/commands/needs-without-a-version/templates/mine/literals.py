def literal(value):
    return repr(value)
