"""A GPRS module as one writes it for a test of one's own: canned answers, and a real socket."""
import os, pty, re, select, socket, tty

CANNED = {"AT": "OK", "ATE0": "OK", "AT+CREG?": "+CREG: 0,1\r\n\r\nOK", "AT+CGATT=1": "OK"}

master, slave = pty.openpty()
tty.setraw(slave)
print(os.ttyname(slave), flush=True)
peer, typed, missing = None, b"", 0


def say(text):
    os.write(master, f"\r\n{text}\r\n".encode())


while True:
    for ready in select.select([master] + ([peer] if peer else []), [], [])[0]:
        if ready is peer:
            data = peer.recv(65536)
            if not data:
                raise SystemExit
            while data:
                data = data[os.write(master, data):]
            continue
        typed += os.read(master, 4096)
        while typed and (len(typed) >= missing if missing else b"\r" in typed):
            if missing:
                peer.sendall(typed[:missing])
                typed, missing = typed[missing:], 0
                say("OK")
                continue
            line, typed = typed.split(b"\r", 1)
            line = line.decode()
            if found := re.fullmatch(r"AT\+CIPSEND=(\d+)", line):
                missing = int(found[1])
                os.write(master, b"\r\n> ")
            elif found := re.fullmatch(r'AT\+CIPSTART="TCP","(.+)",(\d+)', line):
                say("OK")
                peer = socket.create_connection((found[1], int(found[2])))
                say("CONNECT OK")
            else:
                say(CANNED.get(line, "ERROR"))
