package io.weft.agent.container;

import io.weft.agent.container.CniException.Code;
import io.weft.kernel.Errno;
import io.weft.kernel.KernelException;
import io.weft.kernel.netlink.Link;
import io.weft.kernel.netlink.LinkEnd;
import io.weft.kernel.netlink.Route;
import io.weft.kernel.netlink.RouteNetlink;
import java.util.Optional;

/** Those of the kernel's module {@code 8021q}. */
final class KernelVlanLinks implements VlanLinks {
    private final RouteNetlink netlink;
    private final Optional<String> name;

    /**
     * @param netlink of the machine's namespace
     * @param name of the device below; empty for that of the default route
     */
    KernelVlanLinks(RouteNetlink netlink, Optional<String> name) {
        this.netlink = netlink;
        this.name = name;
    }

    @Override
    public Link lower() {
        return name.isPresent()
                ? netlink.link(name.get())
                        .orElseThrow(
                                () -> new CniException(Code.NOT_AVAILABLE, "this machine has no device " + name.get()))
                : netlink.routes().stream()
                        .filter(route -> route.destination().length() == 0 && route.table() == Route.MAIN)
                        .findFirst()
                        .flatMap(route -> netlink.link(route.interfaceIndex()))
                        .orElseThrow(() -> new CniException(
                                Code.NOT_AVAILABLE,
                                "this machine has no default route: name the device of the trunk's parent port"));
    }

    @Override
    public boolean create(LinkEnd end, int vlan) {
        try {
            netlink.createVlan(end, lower().index(), vlan);
            return true;
        } catch (KernelException e) {
            if (e.errno() == Errno.EEXIST) {
                return false;
            }
            if (e.errno() == Errno.EOPNOTSUPP) {
                throw new CniException(Code.NOT_AVAILABLE, "this machine's kernel has no 802.1Q (module 8021q)");
            }
            throw e;
        }
    }

    @Override
    public Optional<Integer> vlan(Link link) {
        return link.vlanId() != 0 && link.peerIndex() == lower().index()
                ? Optional.of(link.vlanId())
                : Optional.empty();
    }
}
