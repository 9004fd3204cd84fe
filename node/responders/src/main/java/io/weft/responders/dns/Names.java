package io.weft.responders.dns;

import io.weft.model.IpAddress;
import io.weft.model.IpPrefix;
import java.util.List;
import java.util.Optional;

/** The names that one port may know. Names are complete and in lower case. */
public interface Names {
    /** Nobody has a name. */
    Names NONE = new KnownNames("", List.of());

    /** The operator's domain, all of which is known here; empty when nobody has a name. */
    String domain();

    /** The domain of a tenant that a name is in: only its ports' names are known here. */
    Optional<String> tenantDomain(String name);

    /** What a name means, in order; empty when it means nothing. */
    List<IpAddress> addresses(String name);

    /** Whether a name in the operator's domain has names below it. */
    boolean hasBelow(String name);

    /** The name of an address. */
    Optional<String> name(IpAddress address);

    /** Whether all reverse names in this block are known here: it lies in a subnet that the port may know. */
    boolean isOwn(IpPrefix block);

    /** Whether a subnet that the port may know lies in this block. */
    boolean holdsOwn(IpPrefix block);
}
