package io.weft.responders;

import io.weft.model.IpFamily;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names of DHCP options, as dnsmasq and with it the tenants of Neutron write them (RFC 2132 and the registries of
 * IANA for the numbers).
 */
final class OptionNames {
    /** Not an option but a field of the message: the next server to boot from (siaddr). */
    static final int SERVER_IP_ADDRESS = 255;

    /**
     * An option's number and form.
     *
     * @param number its number
     * @param type how its value is written
     */
    record Named(int number, OptionType type) {}

    private static final Map<String, Named> IPV4 = new LinkedHashMap<>();
    private static final Map<String, Named> IPV6 = new LinkedHashMap<>();

    static {
        ipv4(OptionType.ADDRESSES, "netmask:1 router:3 dns-server:6 log-server:7 lpr-server:9 swap-server:16");
        ipv4(OptionType.ADDRESSES, "policy-filter:21 broadcast:28 router-solicitation:32 static-route:33");
        ipv4(OptionType.ADDRESSES, "nis-server:41 ntp-server:42 netbios-ns:44 netbios-dd:45 x-windows-fs:48");
        ipv4(OptionType.ADDRESSES, "x-windows-dm:49 server-identifier:54 nis+-server:65 mobile-ip-home:68");
        ipv4(OptionType.ADDRESSES, "smtp-server:69 pop3-server:70 nntp-server:71 irc-server:74");
        ipv4(OptionType.ADDRESSES, "tftp-server-address:150 server-ip-address:255");
        ipv4(OptionType.TEXT, "hostname:12 domain-name:15 root-path:17 extension-path:18 nis-domain:40");
        ipv4(OptionType.TEXT, "netbios-scope:47 vendor-class:60 nis+-domain:64 tftp-server:66 bootfile-name:67");
        ipv4(OptionType.TEXT, "user-class:77 posix-timezone:100 tzdb-timezone:101 captive-portal:114");
        ipv4(OptionType.TEXT, "config-file:209 path-prefix:210 wpad:252");
        ipv4(OptionType.NAMES, "domain-search:119");
        ipv4(OptionType.ROUTES, "classless-static-route:121 ms-classless-static-route:249");
        ipv4(OptionType.NUMBER_8, "ip-forward-enable:19 non-local-source-routing:20 default-ttl:23");
        ipv4(OptionType.NUMBER_8, "all-subnets-local:27 router-discovery:31 trailer-encapsulation:34");
        ipv4(OptionType.NUMBER_8, "ethernet-encap:36 tcp-ttl:37 netbios-nodetype:46");
        ipv4(OptionType.NUMBER_16, "boot-file-size:13 max-datagram-reassembly:22 mtu:26");
        ipv4(OptionType.NUMBER_32, "time-offset:2 arp-timeout:35 tcp-keepalive:38 lease-time:51 T1:58 T2:59");
        ipv4(OptionType.NUMBER_32, "ipv6-only-preferred:108 reboot-time:211");
        ipv4(OptionType.GUESSED, "vendor-encap:43 sip-server:120 vendor-id-encap:125");

        IPV6.put("domain-name", new Named(24, OptionType.NAMES));
        ipv6(OptionType.ADDRESSES, "sip-server:22 dns-server:23 nis-server:27 nis+-server:28 sntp-server:31");
        ipv6(OptionType.NAMES, "sip-server-domain:21 domain-search:24 nis-domain:29 nis+-domain:30");
        ipv6(OptionType.NUMBER_32, "information-refresh-time:32");
        ipv6(OptionType.TEXT, "bootfile-url:59 captive-portal:103 posix-timezone:41 tzdb-timezone:42");
        ipv6(OptionType.COUNTED_TEXT, "bootfile-param:60");
    }

    private OptionNames() {}

    private static void ipv4(OptionType type, String names) {
        add(IPV4, type, names);
    }

    private static void ipv6(OptionType type, String names) {
        add(IPV6, type, names);
    }

    private static void add(Map<String, Named> map, OptionType type, String names) {
        for (String entry : names.split(" ")) {
            int colon = entry.indexOf(':');
            map.put(entry.substring(0, colon), new Named(Integer.parseInt(entry.substring(colon + 1)), type));
        }
    }

    /**
     * Finds an option by its name or number; {@code option:} and {@code option6:} before it are skipped. A number whose
     * form is known has that form, another one is {@link OptionType#GUESSED}.
     */
    static Optional<Named> find(IpFamily family, String name) {
        Map<String, Named> names = family == IpFamily.IPV4 ? IPV4 : IPV6;
        String bare = name.trim();
        bare = bare.substring(bare.startsWith("option:") ? 7 : bare.startsWith("option6:") ? 8 : 0);
        Named named = names.get(bare);
        if (named != null) {
            return Optional.of(named);
        }
        if (!bare.matches("[0-9]{1,5}")) {
            return Optional.empty();
        }
        int number = Integer.parseInt(bare);
        if (number < 1 || number > (family == IpFamily.IPV4 ? 254 : 65535)) {
            return Optional.empty();
        }
        return names.values().stream()
                .filter(known -> known.number() == number)
                .findFirst()
                .or(() -> Optional.of(new Named(number, OptionType.GUESSED)));
    }
}
