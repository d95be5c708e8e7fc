def literal(value):
    return 1
