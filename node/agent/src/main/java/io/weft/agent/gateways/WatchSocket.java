package io.weft.agent.gateways;

import io.weft.model.IpAddress;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.DatagramChannel;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The underlay's side of the watch: messages between the tunnel addresses of nodes, on a UDP port of their own. What others send is
 * told by its source address, as tunnelled packets are. It has a thread that receives; any thread may send.
 */
final class WatchSocket implements AutoCloseable {
    /** The UDP port of all nodes. */
    static final int PORT = 9698;

    private static final System.Logger LOGGER = System.getLogger(WatchSocket.class.getName());
    private static final int CAPACITY = 2048;

    private final IpAddress own;
    private final DatagramChannel channel;
    private final Thread thread;

    private WatchSocket(IpAddress own, DatagramChannel channel, BiConsumer<IpAddress, WatchMessage> receiver) {
        this.own = own;
        this.channel = channel;
        this.thread = Thread.ofPlatform().name("gateway-watch").daemon().unstarted(() -> receive(receiver));
    }

    /**
     * Opens a socket.
     *
     * @param own this node's tunnel address of a family
     * @param receiver hears of messages on a thread of this socket's
     * @throws IOException when the address is not there yet, for instance
     */
    static WatchSocket open(IpAddress own, BiConsumer<IpAddress, WatchMessage> receiver) throws IOException {
        DatagramChannel channel = DatagramChannel.open();
        try {
            channel.bind(new InetSocketAddress(own.toInetAddress(), PORT));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
        WatchSocket socket = new WatchSocket(own, channel, receiver);
        socket.thread.start();
        return socket;
    }

    IpAddress own() {
        return own;
    }

    /** Sends a message, or loses it, as the underlay may, too. */
    void send(IpAddress to, WatchMessage message) {
        try {
            channel.send(ByteBuffer.wrap(message.write()), new InetSocketAddress(to.toInetAddress(), PORT));
        } catch (IOException e) {
            LOGGER.log(
                    Level.DEBUG,
                    "message not sent",
                    Map.entry("to", to),
                    Map.entry("reason", String.valueOf(e.getMessage())));
        }
    }

    private void receive(BiConsumer<IpAddress, WatchMessage> receiver) {
        ByteBuffer buffer = ByteBuffer.allocate(CAPACITY);
        while (channel.isOpen()) {
            try {
                buffer.clear();
                SocketAddress from = channel.receive(buffer);
                buffer.flip();
                if (from instanceof InetSocketAddress sender && sender.getPort() == PORT) {
                    IpAddress address = IpAddress.ofBytes(sender.getAddress().getAddress());
                    WatchMessage.read(buffer).ifPresent(message -> receiver.accept(address, message));
                }
            } catch (AsynchronousCloseException e) {
                return;
            } catch (IOException e) {
                // Of a socket that sends to many, an error of one is none of the others.
                LOGGER.log(Level.DEBUG, "receiving failed", e);
            }
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
