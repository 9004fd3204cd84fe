package io.weft.agent.services;

import io.weft.responders.dns.Query;
import io.weft.responders.dns.Upstream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.xbill.DNS.Message;

/**
 * Asks the operator's resolvers what is not known on this node, from the host's namespace. Each question has a socket, and
 * so a port, and a number of its own (RFC 5452). A resolver that does not answer is followed by the next; the one that
 * answered last is asked first. Any thread may ask; how many do at a time is bounded.
 */
final class Forwarder {
    /** Questions under way of one port, and of all of them. */
    static final int AT_ONCE = 32;

    static final int AT_ONCE_IN_ALL = 1024;

    /** How long one resolver may take. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** More than any resolver sends that was told how much is taken. */
    private static final int LONGEST_DATAGRAM = 4096;

    private final List<InetSocketAddress> resolvers;
    private final Semaphore places = new Semaphore(AT_ONCE_IN_ALL);
    private final Map<UUID, Integer> asking = new ConcurrentHashMap<>();
    private final SecureRandom random = new SecureRandom();
    private volatile int preferred;

    Forwarder(List<InetSocketAddress> resolvers) {
        this.resolvers = List.copyOf(resolvers);
    }

    /** Whether there is anybody to ask. */
    boolean isPossible() {
        return !resolvers.isEmpty();
    }

    /** Takes a place for a question of a port, which {@link #leave} gives back; false when there is none left. */
    boolean enter(UUID port) {
        if (!places.tryAcquire()) {
            return false;
        }
        if (asking.merge(port, 1, Integer::sum) <= AT_ONCE) {
            return true;
        }
        leave(port);
        return false;
    }

    void leave(UUID port) {
        asking.computeIfPresent(port, (_, count) -> count == 1 ? null : count - 1);
        places.release();
    }

    /**
     * Asks one resolver after the other.
     *
     * @param datagram whether the guest asked in a datagram; so are the resolvers then
     * @return what the guest gets, at worst that nobody answered
     */
    Message ask(Query query, boolean datagram) {
        int first = preferred;
        Optional<Message> last = Optional.empty();
        for (int i = 0; i < resolvers.size(); i++) {
            int index = (first + i) % resolvers.size();
            Optional<Message> answer = ask(resolvers.get(index), query, datagram);
            if (answer.isPresent() && !Upstream.isFailure(answer.get())) {
                preferred = index;
                return Upstream.reply(answer.get(), query);
            }
            last = answer.isPresent() ? answer : last;
        }
        return last.map(answer -> Upstream.reply(answer, query)).orElseGet(query::failure);
    }

    private Optional<Message> ask(InetSocketAddress resolver, Query query, boolean datagram) {
        int id = random.nextInt(1 << 16);
        byte[] request = Upstream.request(query, id);
        try {
            return datagram ? byDatagram(resolver, request, query, id) : byConnection(resolver, request, query, id);
        } catch (IOException e) {
            // Not there, or too slow: the next one is asked.
            return Optional.empty();
        }
    }

    private static Optional<Message> byDatagram(InetSocketAddress resolver, byte[] request, Query query, int id)
            throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(resolver);
            socket.send(new DatagramPacket(request, request.length));
            DatagramPacket packet = new DatagramPacket(new byte[LONGEST_DATAGRAM], LONGEST_DATAGRAM);
            while (true) {
                socket.setSoTimeout(left(end));
                packet.setLength(LONGEST_DATAGRAM);
                socket.receive(packet);
                Optional<Message> answer =
                        Upstream.answer(Arrays.copyOf(packet.getData(), packet.getLength()), query, id);
                if (answer.isPresent()) {
                    return answer;
                }
            }
        }
    }

    private static Optional<Message> byConnection(InetSocketAddress resolver, byte[] request, Query query, int id)
            throws IOException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try (Socket socket = new Socket()) {
            socket.connect(resolver, left(end));
            DataOutputStream out = new DataOutputStream(socket.getOutputStream());
            byte[] framed = new byte[request.length + 2];
            framed[0] = (byte) (request.length >>> 8);
            framed[1] = (byte) request.length;
            System.arraycopy(request, 0, framed, 2, request.length);
            out.write(framed);
            socket.setSoTimeout(left(end));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return Upstream.answer(answer, query, id);
        }
    }

    /** The milliseconds that are left. */
    private static int left(long end) throws SocketTimeoutException {
        long left = (end - System.nanoTime()) / 1_000_000;
        if (left < 1) {
            throw new SocketTimeoutException("no answer");
        }
        return (int) left;
    }
}
