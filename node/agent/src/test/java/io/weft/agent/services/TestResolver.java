package io.weft.agent.services;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** Another resolver: every name means 192.0.2.77, and names that begin with {@code big} do not fit a datagram. */
public final class TestResolver implements AutoCloseable {
    private final DatagramSocket datagrams;
    private final ServerSocket connections;
    private final UnaryOperator<Message> change;
    private final List<String> asked = new CopyOnWriteArrayList<>();

    /** Listens on the loopback of the calling thread's namespace, on this port or on any. */
    public TestResolver(int port) throws IOException {
        this(port, UnaryOperator.identity());
    }

    /** One that changes its answers. */
    TestResolver(int port, UnaryOperator<Message> change) throws IOException {
        this.change = change;
        InetAddress loopback = InetAddress.ofLiteral("127.0.0.1");
        connections = new ServerSocket(port, 16, loopback);
        datagrams = new DatagramSocket(new InetSocketAddress(loopback, connections.getLocalPort()));
        Thread.ofPlatform().daemon().start(this::answerDatagrams);
        Thread.ofPlatform().daemon().start(this::answerConnections);
    }

    InetSocketAddress address() {
        return (InetSocketAddress) datagrams.getLocalSocketAddress();
    }

    /** What was asked: protocol and name. */
    List<String> asked() {
        return asked;
    }

    private void answerDatagrams() {
        DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
        while (!datagrams.isClosed()) {
            try {
                datagrams.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()), "udp");
                datagrams.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                packet.setLength(4096);
            } catch (IOException e) {
                // Closed.
            }
        }
    }

    private void answerConnections() {
        while (!connections.isClosed()) {
            try (Socket socket = connections.accept()) {
                DataInputStream in = new DataInputStream(socket.getInputStream());
                byte[] question = new byte[in.readUnsignedShort()];
                in.readFully(question);
                byte[] answer = answer(question, "tcp");
                DataOutputStream out = new DataOutputStream(socket.getOutputStream());
                out.writeShort(answer.length);
                out.write(answer);
            } catch (IOException e) {
                // Closed, or the asker has gone.
            }
        }
    }

    private byte[] answer(byte[] bytes, String protocol) throws IOException {
        Message question = new Message(bytes);
        Name name = question.getQuestion().getName();
        asked.add(protocol + " " + name);
        Message answer = new Message(question.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.addRecord(question.getQuestion(), Section.QUESTION);
        if (name.toString().startsWith("big") && protocol.equals("udp")) {
            answer.getHeader().setFlag(Flags.TC);
        } else if (question.getQuestion().getType() == Type.A) {
            answer.addRecord(Record.fromString(name, Type.A, DClass.IN, 60, "192.0.2.77", Name.root), Section.ANSWER);
        }
        return change.apply(answer).toWire();
    }

    @Override
    public void close() {
        datagrams.close();
        try {
            connections.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
