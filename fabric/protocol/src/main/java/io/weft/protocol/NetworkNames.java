package io.weft.protocol;

/**
 * In which domains the ports of a network have their names, and who may know them from another network.
 *
 * @param project whose the network is; possibly empty
 * @param domain the operator's domain, complete and in lower case; empty when ports have no names
 * @param ownDomain the network's own domain, in which its ports are named besides; possibly empty
 */
public record NetworkNames(String project, String domain, String ownDomain) {
    /** No names. */
    public static final NetworkNames NONE = new NetworkNames("", "", "");
}
