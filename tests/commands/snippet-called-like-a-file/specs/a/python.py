octets
