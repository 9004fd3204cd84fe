package io.weft.server.config;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * Where a server listens, {@code 127.0.0.1:9696} or {@code [::1]:9696}. Names are not resolved: what a server opens
 * must not depend on a name service.
 *
 * @param address an address of this host, or the unspecified one for all of them
 * @param port from 0 to 65,535; 0 lets the kernel choose
 */
public record ListenAddress(InetAddress address, int port) {
    public ListenAddress {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("the port must be from 0 to 65535");
        }
    }

    /**
     * @throws IllegalArgumentException when the text is none, with the rule
     */
    public static ListenAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        if (colon < 0) {
            throw new IllegalArgumentException("must be ADDRESS:PORT, such as 127.0.0.1:9696 or [::1]:9696");
        }
        String host = text.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        if (bracketed) {
            host = host.substring(1, host.length() - 1);
        } else if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException("an IPv6 address must stand in brackets");
        }
        try {
            int port = Integer.parseInt(text.substring(colon + 1));
            String address = host.equals("localhost") ? "127.0.0.1" : host;
            return new ListenAddress(IpAddress.parse(address).toInetAddress(), port);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("the port must be from 0 to 65535", e);
        } catch (InvalidException e) {
            throw new IllegalArgumentException("'" + host + "' is no IP address", e);
        }
    }

    public boolean isLoopback() {
        return address.isLoopbackAddress();
    }

    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(address, port);
    }

    @Override
    public String toString() {
        String host = address.getHostAddress();
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
