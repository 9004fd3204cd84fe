package io.weft.e2e;

import io.weft.model.IpAddress;
import io.weft.model.IpFamily;
import io.weft.reference.Transport;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Calls that a workload's shell makes all at once, by ping, TCP and UDP, to others who answer with their names. */
final class Calls {
    /** Where everybody listens, on TCP and UDP, over both families. */
    static final int PORT = 7080;

    /** The name that an answered ping stands for: it does not say whose it is. */
    static final String ALIVE = "alive";

    /** One line, for shells that are fed by lines. */
    private static final String SCRIPT = """
            one() { rest=${1#*/}; a=${rest%/*}; p=${rest##*/};
            case $a in *:*) v=6; b="[$a]" ;; *) v=4; b=$a ;; esac;
            case $1 in
            TCP/*) n=$(socat -u -T 3 TCP$v:$b:$p,connect-timeout=2 -) ;;
            UDP/*) n=$(echo q | socat -t 2 - UDP$v:$b:$p) ;;
            *) n=$(ping -c 1 -W 2 $a | sed -n 's/.*bytes from .*/alive/p') ;;
            esac; [ -z "$n" ] || echo "$1 $n"; };
            ask() { ( for t in "$@"; do one "$t" & done; wait ) 2>/dev/null; };
            """.replace('\n', ' ');

    private Calls() {}

    /** How a call is made. */
    enum Protocol {
        PING,
        TCP,
        UDP
    }

    /** @param port 0 for a ping */
    record Call(Protocol protocol, IpAddress address, int port) {
        /** What rules see of it. */
        Transport transport() {
            return switch (protocol) {
                case PING -> Transport.echoRequest(address.family());
                case TCP -> Transport.tcp(40_000, port);
                case UDP -> Transport.udp(40_000, port);
            };
        }

        IpFamily family() {
            return address.family();
        }

        @Override
        public String toString() {
            return protocol + "/" + address + "/" + port;
        }
    }

    /** The three calls of one address. */
    static List<Call> all(IpAddress address) {
        return List.of(
                new Call(Protocol.PING, address, 0),
                new Call(Protocol.TCP, address, PORT),
                new Call(Protocol.UDP, address, PORT));
    }

    /** A line of the shell that answers calls with a name, in the background. Guests have no Python. */
    static String serve(String name) {
        String socat = ":" + PORT + ",fork,reuseaddr,ipv6only=0 'SYSTEM:echo " + name + "' >/dev/null 2>&1 & ";
        String python = "import socket; s = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM);"
                + " s.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0); s.bind((\"::\", " + PORT + "));"
                + " [s.sendto(b\"" + name + "\", call[1]) for call in iter(lambda: s.recvfrom(64), None)]";
        return "socat TCP6-LISTEN" + socat + "if command -v python3 >/dev/null; then python3 -c '" + python
                + "' >/dev/null 2>&1 & else socat UDP6-RECVFROM" + socat + "fi";
    }

    /** A line of the shell that makes calls, and prints each that is answered with the name. */
    static String ask(Collection<Call> calls) {
        return SCRIPT + calls.stream().map(Call::toString).collect(Collectors.joining(" ", "ask ", ""));
    }

    /** The names by the texts of the calls that were answered. */
    static Map<String, String> answers(String output) {
        Map<String, String> answers = new HashMap<>();
        output.lines()
                .map(line -> line.split(" "))
                .filter(words -> words.length == 2)
                .forEach(words -> answers.put(words[0], words[1]));
        return answers;
    }
}
