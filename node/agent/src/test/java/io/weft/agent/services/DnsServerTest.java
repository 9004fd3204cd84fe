package io.weft.agent.services;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import io.weft.model.MacAddress;
import io.weft.responders.NetworkView;
import io.weft.responders.PortView;
import io.weft.responders.dns.Called;
import io.weft.responders.dns.Directory;
import io.weft.responders.dns.NameKey;
import io.weft.responders.dns.Zone;
import io.weft.responders.metadata.Instance;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/** The server on the loopback, where every asker is one port. */
class DnsServerTest {
    private static final UUID NETWORK = new UUID(1, 1);
    private static final UUID PORT = new UUID(1, 2);

    private final List<AutoCloseable> parts = new ArrayList<>();
    private InetSocketAddress address = new InetSocketAddress(0);

    @AfterEach
    void stop() throws Exception {
        for (AutoCloseable part : parts.reversed()) {
            part.close();
        }
    }

    private void serve(InetSocketAddress... forwarders) throws IOException {
        Directory directory = new Directory();
        directory.zone(
                NETWORK,
                Optional.of(new Zone(
                        "red", "cloud.example.", "", List.of(IpPrefix.parse("10.0.0.0/24")), Set.of(NETWORK))));
        directory.called(new NameKey(NETWORK, IpAddress.parse("10.0.0.5")), Optional.of(new Called("www", "")));
        PortView view = new PortView(
                MacAddress.parse("fa:16:3e:00:00:05"),
                "",
                List.of(),
                List.of(),
                new NetworkView(1450, List.of(), List.of()));
        Instance asker = new Instance(PORT, NETWORK, IpAddress.parse("10.0.0.5"), "", "", "red", view);
        ServerSocketChannel listening = ServerSocketChannel.open();
        listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        address = (InetSocketAddress) listening.getLocalAddress();
        DatagramChannel datagrams = DatagramChannel.open();
        datagrams.bind(address);
        parts.add(DnsServer.start(
                List.of(forwarders), _ -> Optional.of(asker), directory, List.of(datagrams), List.of(listening)));
    }

    private TestResolver resolver() throws IOException {
        TestResolver resolver = new TestResolver(0);
        parts.add(resolver);
        return resolver;
    }

    private static Message question(String name) throws IOException {
        return Message.newQuery(Record.newRecord(Name.fromString(name), Type.A, DClass.IN));
    }

    private Message byDatagram(Message question) throws IOException {
        try (DatagramSocket socket = new DatagramSocket()) {
            socket.connect(address);
            byte[] bytes = question.toWire();
            socket.send(new DatagramPacket(bytes, bytes.length));
            socket.setSoTimeout(60_000);
            DatagramPacket packet = new DatagramPacket(new byte[4096], 4096);
            socket.receive(packet);
            return new Message(Arrays.copyOf(packet.getData(), packet.getLength()));
        }
    }

    private static Message over(Socket socket, Message question) throws IOException {
        byte[] bytes = question.toWire();
        DataOutputStream out = new DataOutputStream(socket.getOutputStream());
        out.writeShort(bytes.length);
        out.write(bytes);
        DataInputStream in = new DataInputStream(socket.getInputStream());
        byte[] answer = new byte[in.readUnsignedShort()];
        in.readFully(answer);
        return new Message(answer);
    }

    private Socket connect() throws IOException {
        return new Socket(address.getAddress(), address.getPort());
    }

    private static List<String> values(Message answer) {
        return answer.getSection(Section.ANSWER).stream()
                .map(Record::rdataToString)
                .toList();
    }

    @Test
    void whatIsKnownIsAnsweredInDatagramsAndManyTimesOnAConnection() throws IOException {
        serve();
        assertThat(values(byDatagram(question("www.cloud.example.")))).containsExactly("10.0.0.5");
        try (Socket socket = connect()) {
            for (int i = 0; i < 3; i++) {
                assertThat(values(over(socket, question("www.cloud.example.")))).containsExactly("10.0.0.5");
            }
        }
        Message refused = byDatagram(question("www.example.org."));
        assertThat(refused.getRcode()).isEqualTo(Rcode.REFUSED);
        assertThat(refused.getHeader().getFlag(Flags.RA)).isFalse();
    }

    @Test
    void whatIsNotKnownIsAskedOfTheNextResolverWhenOneDoesNotAnswer() throws IOException {
        TestResolver gone = resolver();
        TestResolver other = resolver();
        serve(gone.address(), other.address());
        gone.close();
        for (int i = 0; i < 3; i++) {
            Message answer = byDatagram(question("www.example.org."));
            assertThat(values(answer)).containsExactly("192.0.2.77");
            assertThat(answer.getHeader().getFlag(Flags.RA)).isTrue();
        }
        assertThat(other.asked()).containsOnly("udp www.example.org.");
        Message cut = byDatagram(question("big.example.org."));
        assertThat(cut.getHeader().getFlag(Flags.TC)).isTrue();
        try (Socket socket = connect()) {
            assertThat(values(over(socket, question("big.example.org.")))).containsExactly("192.0.2.77");
        }
        assertThat(other.asked()).last().isEqualTo("tcp big.example.org.");
        // Nobody else hears what is known here.
        byDatagram(question("nobody.cloud.example."));
        assertThat(other.asked()).noneMatch(asked -> asked.contains("cloud.example"));
    }

    @Test
    void anAnswerThatDoesNotFitTheQuestionIsAsGoodAsNone() throws IOException {
        TestResolver liar = new TestResolver(0, answer -> {
            answer.removeAllRecords(Section.QUESTION);
            answer.addRecord(Record.newRecord(Name.root, Type.A, DClass.IN), Section.QUESTION);
            return answer;
        });
        parts.add(liar);
        serve(liar.address(), resolver().address());
        assertThat(values(byDatagram(question("www.example.org.")))).containsExactly("192.0.2.77");
    }

    @Test
    void whenNobodyAnswersTheGuestIsToldSo() throws IOException {
        TestResolver gone = resolver();
        serve(gone.address());
        gone.close();
        assertThat(byDatagram(question("www.example.org.")).getRcode()).isEqualTo(Rcode.SERVFAIL);
    }

    @Test
    void aConnectionWithNonsenseEndsAndOthersGoOn() throws IOException {
        serve();
        for (byte[] nonsense :
                List.of(new byte[] {0, 3, 1, 2, 3}, new byte[] {(byte) 0xff, (byte) 0xff}, new byte[2])) {
            try (Socket socket = connect()) {
                socket.getOutputStream().write(nonsense);
                assertThat(socket.getInputStream().read()).isEqualTo(-1);
            }
        }
        assertThat(values(byDatagram(question("www.cloud.example.")))).containsExactly("10.0.0.5");
    }

    @Test
    void aPortAsksBoundedlyManyQuestionsAtATime() {
        Forwarder forwarder = new Forwarder(List.of());
        for (int i = 0; i < Forwarder.AT_ONCE; i++) {
            assertThat(forwarder.enter(PORT)).isTrue();
        }
        assertThat(forwarder.enter(PORT)).isFalse();
        assertThat(forwarder.enter(NETWORK)).as("another port").isTrue();
        forwarder.leave(PORT);
        assertThat(forwarder.enter(PORT)).isTrue();
        int ports = Forwarder.AT_ONCE_IN_ALL - Forwarder.AT_ONCE - 1;
        for (int i = 0; i < ports; i++) {
            assertThat(forwarder.enter(new UUID(2, i))).isTrue();
        }
        assertThat(forwarder.enter(new UUID(3, 0))).as("all places are taken").isFalse();
    }

    @Test
    void resolversAreReadAsOperatorsWriteThem() {
        assertThat(Resolvers.parse("192.0.2.53")).isEqualTo(new InetSocketAddress("192.0.2.53", 53));
        assertThat(Resolvers.parse("192.0.2.53:5353")).isEqualTo(new InetSocketAddress("192.0.2.53", 5353));
        assertThat(Resolvers.parse("2001:db8::53")).isEqualTo(new InetSocketAddress("2001:db8::53", 53));
        assertThat(Resolvers.parse("[2001:db8::53]:5353")).isEqualTo(new InetSocketAddress("2001:db8::53", 5353));
        for (String wrong : List.of("", "dns.example", "192.0.2.53:0", "192.0.2.53:70000", "0.0.0.0", "224.0.0.1")) {
            assertThatThrownBy(() -> Resolvers.parse(wrong)).as(wrong).isInstanceOf(IllegalArgumentException.class);
        }
    }
}
