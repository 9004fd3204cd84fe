package io.weft.model;

/**
 * A broadcast domain of a tenant (Neutron API v2.0, Networks).
 *
 * @param meta what every resource has
 * @param adminStateUp false takes every port of the network out of service
 * @param shared whether every project may put ports on it
 * @param vni its number on the wire: the VXLAN network identifier of RFC 7348, unique in the installation
 * @param mtu the largest IP packet in bytes that its ports send, 68 to 65535; 1280 or more where IPv6 is used
 * @param portSecurityEnabled what new ports get when they do not say
 * @param dnsDomain a domain in which its ports have their names besides the operator's; complete, possibly empty
 */
public record Network(
        Meta meta,
        boolean adminStateUp,
        boolean shared,
        int vni,
        int mtu,
        boolean portSecurityEnabled,
        String dnsDomain)
        implements Resource {
    /** The smallest VNI; 0 names no network. */
    public static final int MIN_VNI = 1;

    /** The largest VNI: 24 bits. */
    public static final int MAX_VNI = (1 << 24) - 1;

    public Network {
        Rules.range("provider:segmentation_id", vni, MIN_VNI, MAX_VNI);
        Rules.range("mtu", mtu, 68, 65535);
        DnsNames.requireDomain("dns_domain", dnsDomain);
    }

    /** A network without a domain of its own. */
    public Network(Meta meta, boolean adminStateUp, boolean shared, int vni, int mtu, boolean portSecurityEnabled) {
        this(meta, adminStateUp, shared, vni, mtu, portSecurityEnabled, "");
    }

    @Override
    public Network withMeta(Meta newMeta) {
        return new Network(newMeta, adminStateUp, shared, vni, mtu, portSecurityEnabled, dnsDomain);
    }

    @Override
    public Kind kind() {
        return Kind.NETWORK;
    }
}
