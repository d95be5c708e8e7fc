# fails with: Address family not supported
import socket

socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)
