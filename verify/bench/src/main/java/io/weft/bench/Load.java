package io.weft.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Arrays;

/**
 * The load of the path bench, a process of its own in a namespace: {@code serve}, or {@code rr ADDRESS SECONDS}, or {@code
 * connect ADDRESS SECONDS}. A client prints operations and, for {@code rr}, the median microseconds of one.
 */
public final class Load {
    private static final int ECHO = 7101;
    private static final int ACCEPT = 7102;

    private Load() {}

    /** Runs one side. */
    public static void main(String[] arguments) throws IOException {
        switch (arguments[0]) {
            case "serve" -> serve();
            case "rr" -> requests(InetAddress.getByName(arguments[1]), Double.parseDouble(arguments[2]));
            case "connect" -> connections(InetAddress.getByName(arguments[1]), Double.parseDouble(arguments[2]));
            default -> throw new IllegalArgumentException(arguments[0]);
        }
    }

    private static void serve() throws IOException {
        Thread.ofPlatform().start(() -> {
            try (ServerSocket socket = new ServerSocket(ACCEPT, 4096)) {
                while (true) {
                    socket.accept().close();
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        try (ServerSocket socket = new ServerSocket(ECHO)) {
            while (true) {
                Socket client = socket.accept();
                Thread.ofPlatform().start(() -> echo(client));
            }
        }
    }

    private static void echo(Socket client) {
        try (client) {
            client.setTcpNoDelay(true);
            byte[] one = new byte[1];
            while (client.getInputStream().read(one) == 1) {
                client.getOutputStream().write(one);
            }
        } catch (IOException e) {
            System.err.println("echo ended: " + e.getMessage());
        }
    }

    private static void requests(InetAddress address, double seconds) throws IOException {
        int[] nanos = new int[4_000_000];
        int count = 0;
        try (Socket socket = new Socket(address, ECHO)) {
            socket.setTcpNoDelay(true);
            byte[] one = new byte[1];
            long end = System.nanoTime() + (long) (seconds * 1e9);
            for (long before = System.nanoTime(); before < end && count < nanos.length; count++) {
                socket.getOutputStream().write(one);
                if (socket.getInputStream().read(one) != 1) {
                    throw new IOException("the echo ended");
                }
                long after = System.nanoTime();
                nanos[count] = (int) (after - before);
                before = after;
            }
        }
        Arrays.sort(nanos, 0, count);
        System.out.println(count + " " + nanos[count / 2] / 1e3);
    }

    private static void connections(InetAddress address, double seconds) throws IOException {
        InetSocketAddress target = new InetSocketAddress(address, ACCEPT);
        long end = System.nanoTime() + (long) (seconds * 1e9);
        int count = 0;
        for (; System.nanoTime() < end; count++) {
            try (Socket socket = new Socket()) {
                // A reset frees the port at once: waiting ones would run out.
                socket.setSoLinger(true, 0);
                socket.connect(target, 5_000);
            }
        }
        System.out.println(count + " 0");
    }
}
