package io.weft.server;

import io.weft.domain.Domain;
import io.weft.domain.NodePresence;
import io.weft.domain.NodeReports;
import io.weft.domain.replica.AddressClaim;
import io.weft.domain.replica.DeviceState;
import io.weft.domain.replica.PortReport;
import io.weft.model.IpAddress;
import io.weft.protocol.NodeReport;
import io.weft.server.stream.Nodes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What agents tell a server, told to the domain. */
final class ConnectedNodes implements Nodes {
    private final Domain domain;
    private final NodePresence presence;
    private final NodeReports reports;
    /** How many streams a node has here. Guards itself; held while presence is told, so that it hears in order. */
    private final Map<UUID, Integer> streams = new HashMap<>();

    ConnectedNodes(Domain domain) {
        this.domain = domain;
        this.presence = domain.presence();
        this.reports = domain.reports();
    }

    @Override
    public void enrolled(String host, List<IpAddress> tunnelAddresses) {
        domain.nodes().register(host, tunnelAddresses);
    }

    @Override
    public void reported(String host, NodeReport report) {
        report.physicalNetworks().ifPresent(names -> domain.nodes().connect(host, names));
        reports.report(new io.weft.domain.NodeReport(
                host,
                report.revision(),
                report.agentVersion(),
                report.full(),
                report.ports().stream()
                        .map(port -> new PortReport(
                                port.portId(),
                                switch (port.state()) {
                                    case UP -> DeviceState.UP;
                                    case DOWN -> DeviceState.DOWN;
                                    case ERROR -> DeviceState.ERROR;
                                },
                                port.detail()))
                        .toList(),
                report.problems(),
                report.claims()
                        .map(claims -> claims.stream()
                                .map(claim -> new AddressClaim(claim.portId(), claim.address(), claim.mac()))
                                .toList())));
    }

    @Override
    public Connection connected(String host) {
        UUID node = domain.nodes().show(host).id();
        synchronized (streams) {
            if (streams.merge(node, 1, Integer::sum) == 1) {
                presence.connected(node);
            }
        }
        return () -> disconnected(node);
    }

    private void disconnected(UUID node) {
        synchronized (streams) {
            int left = streams.merge(node, -1, Integer::sum);
            if (left == 0) {
                streams.remove(node);
                reports.forget(node);
                presence.disconnected(node);
            }
        }
    }
}
