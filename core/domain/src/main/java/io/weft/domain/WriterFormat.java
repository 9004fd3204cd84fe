package io.weft.domain;

import io.weft.model.BalancedProtocol;
import io.weft.model.Listener;
import io.weft.model.MemberLocality;
import io.weft.store.MinWriter;

/**
 * The formats that a server must know to write to a store, as {@link MinWriter} keeps them. What an older server would not undo
 * raises the store's with the first transaction that writes it; stores without it stay open to older servers.
 */
public final class WriterFormat {
    /** Routers with several gateways: who does not know them removes a router and leaves the keys of all but the first behind. */
    public static final int SEVERAL_GATEWAYS = 2;

    /**
     * Floating IPs and gateways with QoS policies, and rules of minimum bandwidth: who does not know them removes a policy that
     * is used, takes it from a gateway by rewriting the router, and cannot read such a rule.
     */
    public static final int QOS_OUTSIDE = 3;

    /** The default external network, and topologies: who does not know them removes them and leaves their keys behind. */
    public static final int TOPOLOGIES = 4;

    /**
     * Address scopes, and subnet pools shared by policies: who does not know them leaves their keys and counts behind, or lets
     * the pools of a scope overlap.
     */
    public static final int ADDRESS_SCOPES = 5;

    /** Trunks: who does not know them removes a port of one, or moves a parent and leaves its subports behind. */
    public static final int TRUNKS = 6;

    /** Load balancers: who does not know them removes the port of one, or moves its address. */
    public static final int LOAD_BALANCERS = 7;

    /** Pools of which nodes choose near members: who does not know them has its nodes choose from all. */
    public static final int MEMBER_LOCALITY = 8;

    /** Floating IPs that lead to load balancers: who does not know them removes one's port and leaves the floating IP's keys behind. */
    public static final int FLOATING_LOAD_BALANCERS = 9;

    /** Listeners and pools of SCTP: who does not know them cannot read them. */
    public static final int SCTP_LISTENERS = 10;

    /** Security groups of tiers: who does not know them has its nodes allow what their rules deny. */
    public static final int TIERS = 11;

    /** Pools of which nodes choose near members first: who does not know them cannot read them. */
    public static final int PREFERRED_LOCALITY = 12;

    /** Listeners that not everyone may call: who does not know them has its nodes let everyone in. */
    public static final int ALLOWED_CALLERS = 13;

    /** Listeners that nodes answer for: who does not know them has its nodes hand their calls to members. */
    public static final int NODE_HEALTH = 14;

    /** What this build knows. */
    public static final int CURRENT = NODE_HEALTH;

    /** What who writes a listener or a pool of this protocol must know. */
    static int of(BalancedProtocol protocol) {
        return protocol == BalancedProtocol.SCTP ? SCTP_LISTENERS : LOAD_BALANCERS;
    }

    /** What who writes this listener must know. */
    static int of(Listener listener) {
        if (listener.nodeHealth().isPresent()) {
            return NODE_HEALTH;
        }
        return listener.callers().cidrs().isEmpty() ? of(listener.protocol()) : ALLOWED_CALLERS;
    }

    /** What who writes a pool of this locality must know. */
    static int of(MemberLocality locality) {
        return switch (locality) {
            case ANY -> LOAD_BALANCERS;
            case LOCAL -> MEMBER_LOCALITY;
            case PREFER_LOCAL -> PREFERRED_LOCALITY;
        };
    }

    private WriterFormat() {}
}
