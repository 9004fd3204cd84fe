package io.weft.agent.services;

import io.weft.model.InvalidException;
import io.weft.model.IpAddress;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How an operator writes the resolvers that a node asks. */
public final class Resolvers {
    private static final Pattern WITH_PORT = Pattern.compile("(?:\\[(.+)]|([^:]+)):([0-9]{1,5})");

    private Resolvers() {}

    /**
     * Reads {@code 192.0.2.53}, {@code 192.0.2.53:5353}, {@code 2001:db8::53} or {@code [2001:db8::53]:5353}.
     *
     * @throws IllegalArgumentException when it is none of these
     */
    public static InetSocketAddress parse(String text) {
        Matcher matcher = WITH_PORT.matcher(text);
        boolean withPort = matcher.matches();
        String address = !withPort ? text : matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
        int port = withPort ? Integer.parseInt(matcher.group(3)) : DnsServer.PORT;
        try {
            IpAddress parsed = IpAddress.parse(address);
            if (port >= 1 && port <= 65_535 && !parsed.isMulticast() && !parsed.isUnspecified()) {
                return new InetSocketAddress(InetAddress.ofLiteral(parsed.toString()), port);
            }
        } catch (InvalidException e) {
            throw new IllegalArgumentException(wrong(text), e);
        }
        throw new IllegalArgumentException(wrong(text));
    }

    private static String wrong(String text) {
        return "'" + text + "' is no resolver, such as 192.0.2.53 or [2001:db8::53]:53";
    }
}
