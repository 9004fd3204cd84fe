"""A VLAN device in user space, for kernels without 802.1Q.

usage: vlan_device.py DEVICE VLAN NAME MAC MTU

Makes a tap device NAME with this MAC, and carries its frames to and from DEVICE behind the tag VLAN. Prints "ready" when
frames pass. Only full checksums survive the way, so senders must not leave them to devices.
"""
import fcntl
import os
import select
import socket
import struct
import subprocess
import sys

# Of <linux/if_packet.h>, which Python does not name.
SOL_PACKET = 263
PACKET_ADD_MEMBERSHIP = 1
PACKET_MR_PROMISC = 1
PACKET_AUXDATA = 8
VLAN_VALID = 1 << 4
TUNSETIFF = 0x400454CA
TAP_WITHOUT_HEADER = 0x1002

device, vlan, name, mac, mtu = sys.argv[1], int(sys.argv[2]), *sys.argv[3:]
tap = os.open("/dev/net/tun", os.O_RDWR)
fcntl.ioctl(tap, TUNSETIFF, struct.pack("16sH22x", name.encode(), TAP_WITHOUT_HEADER))
raw = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3))
raw.bind((device, 3))
raw.setsockopt(SOL_PACKET, PACKET_AUXDATA, 1)
membership = struct.pack("iHH8x", socket.if_nametoindex(device), PACKET_MR_PROMISC, 0)
raw.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, membership)
for change in (["address", mac], ["mtu", mtu], ["up"]):
    subprocess.run(["ip", "link", "set", name, *change], check=True)
print("ready", flush=True)
while True:
    for ready in select.select([tap, raw], [], [])[0]:
        if ready == tap:
            frame = os.read(tap, 65536)
            raw.send(frame[:12] + struct.pack("!HH", 0x8100, vlan) + frame[12:])
            continue
        frame, control, _, sender = raw.recvmsg(65536, 256)
        if sender[2] == socket.PACKET_OUTGOING:
            continue
        for level, kind, data in control:
            if level == SOL_PACKET and kind == PACKET_AUXDATA:
                status, _, _, _, _, tag, _ = struct.unpack("IIIHHHH", data[:20])
                if status & VLAN_VALID and tag & 0xFFF == vlan:
                    os.write(tap, frame)
