# fails with: Address family not supported
import socket

socket.socket(socket.AF_ALG, socket.SOCK_SEQPACKET)
