# fails with: Address family not supported
import socket

socket.socket(40, socket.SOCK_STREAM)  # AF_VSOCK, which no network namespace holds; nothing is connected
