package io.weft.vrouter;

import io.weft.model.IpAddress;
import io.weft.model.MacAddress;
import java.nio.ByteBuffer;

/**
 * How packets leave a routing domain for an external network; the key is the domain, of which this is the first gateway.
 *
 * @param network VNI of the external network
 * @param transit VNI on which other nodes send to the gateway node what is to go out
 * @param place {@link #HERE} when this node is the gateway node, {@link Place#remote} for another one, or
 *     {@link #NOWHERE}: then only sources with floating addresses get out
 * @param mac the MAC of the router's port outside
 * @param snat whether IPv4 sources without a floating address are translated to {@code ipv4}
 * @param ipv4 the router's first IPv4 address outside, or 0.0.0.0 for none
 * @param several whether the domain has others, so that all of them stand in {@link Tables#furtherGateways}
 */
public record DomainGateway(
        int network, int transit, Place place, MacAddress mac, boolean snat, IpAddress ipv4, boolean several) {
    /** This node is the gateway node. */
    public static final Place HERE = Place.local(0);

    /** No node is the gateway node. */
    public static final Place NOWHERE = new Place(Place.Kind.NONE, 0, false);

    private static final int SNAT = 1;
    private static final int SEVERAL = 2;

    static final Codec<DomainGateway> CODEC = new Codec<>(28, DomainGateway::write, DomainGateway::read);

    /** The only gateway of its domain. */
    public DomainGateway(int network, int transit, Place place, MacAddress mac, boolean snat, IpAddress ipv4) {
        this(network, transit, place, mac, snat, ipv4, false);
    }

    static void write(DomainGateway gateway, ByteBuffer out) {
        out.putInt(gateway.network).putInt(gateway.transit);
        Place.write(gateway.place, out);
        out.put(gateway.mac.toBytes()).putShort((short) ((gateway.snat ? SNAT : 0) | (gateway.several ? SEVERAL : 0)));
        Codec.putIpv4(out, gateway.ipv4);
    }

    static DomainGateway read(ByteBuffer in) {
        int network = in.getInt();
        int transit = in.getInt();
        Place place = Place.read(in);
        long mac = 0;
        for (int i = 0; i < 6; i++) {
            mac = mac << 8 | in.get() & 0xff;
        }
        int flags = in.getShort();
        return new DomainGateway(
                network,
                transit,
                place,
                new MacAddress(mac),
                (flags & SNAT) != 0,
                Codec.getIpv4(in),
                (flags & SEVERAL) != 0);
    }
}
