# fails with: ConnectionRefusedError
import socket
socket.create_connection(('127.0.0.1', {port}), 2)
