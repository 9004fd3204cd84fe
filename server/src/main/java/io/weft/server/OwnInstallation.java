package io.weft.server;

import io.weft.domain.Domain;
import io.weft.domain.replica.AddressClaim;
import io.weft.domain.replica.NodeStatus;
import io.weft.domain.replica.Replica;
import io.weft.domain.replica.View;
import io.weft.model.Node;
import io.weft.model.Resource;
import io.weft.operations.Installation;
import io.weft.rest.RestError;
import io.weft.server.identity.EnrolmentTokens;
import io.weft.server.identity.NodeCertificates;
import io.weft.server.inspection.Traces;
import io.weft.store.Store;
import io.weft.store.backup.Backup;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;

/** This installation, as its operators see it through this server. */
final class OwnInstallation implements Installation {
    private final Store store;
    private final String storeKind;
    private final Replica replica;
    private final Domain domain;
    private final EnrolmentTokens tokens;
    private final NodeCertificates certificates;
    private final Traces traces;
    private final IntSupplier streams;

    OwnInstallation(
            Store store,
            String storeKind,
            Replica replica,
            Domain domain,
            EnrolmentTokens tokens,
            NodeCertificates certificates,
            Traces traces,
            IntSupplier streams) {
        this.store = store;
        this.storeKind = storeKind;
        this.replica = replica;
        this.domain = domain;
        this.tokens = tokens;
        this.certificates = certificates;
        this.traces = traces;
        this.streams = streams;
    }

    @Override
    public List<NodeView> nodes() {
        View view = replica.refresh();
        return view.world().nodes().stream()
                .map(node -> nodeView(view, node))
                .sorted(Comparator.comparing(NodeView::name))
                .toList();
    }

    private static NodeView nodeView(View view, Node node) {
        Optional<NodeStatus> status = view.status(node.id());
        return new NodeView(
                node.id(),
                node.name(),
                node.tunnelAddresses(),
                view.isAlive(node.id()),
                status.map(NodeStatus::reportedAt),
                status.map(NodeStatus::version).orElse(""),
                status.map(NodeStatus::revision).orElse(0L),
                view.world().portsOnHost(node.name()).size(),
                status.map(NodeStatus::problems).orElse(List.of()));
    }

    @Override
    public List<ClaimView> claims() {
        View view = replica.refresh();
        List<ClaimView> claims = new ArrayList<>();
        for (Node node : view.world().nodes()) {
            for (AddressClaim claim :
                    view.status(node.id()).map(NodeStatus::claims).orElse(List.of())) {
                // A node speaks for its own ports alone.
                view.world()
                        .port(claim.portId())
                        .filter(port -> port.binding().host().equals(node.name()))
                        .ifPresent(port -> claims.add(new ClaimView(
                                claim.address(), claim.mac().toString(), port.id(), port.networkId(), node.name())));
            }
        }
        claims.sort(Comparator.comparing(ClaimView::address).thenComparing(ClaimView::node));
        return claims;
    }

    @Override
    public Map<String, Object> trace(io.weft.rest.Caller caller, Map<String, String> words) {
        return traces.trace(caller, words);
    }

    @Override
    public Map<String, Object> liveTrace(io.weft.rest.Caller caller, Map<String, String> words) {
        return traces.live(caller, words);
    }

    @Override
    public void deleteNode(String name) {
        // An agent that still had a certificate could make its record anew, so that goes first, unless it is in vain.
        if (replica.refresh().world().portsOnHost(name).isEmpty()) {
            certificates.revoke(name);
        }
        domain.nodes().remove(name);
    }

    @Override
    public TokenView createToken(Optional<String> host, Duration lifetime) {
        EnrolmentTokens.Issued issued = tokens.create(host, lifetime);
        return new TokenView(issued.text(), issued.expiresAt());
    }

    @Override
    public StatusView status() {
        View view = replica.current();
        Map<String, Integer> resources = new LinkedHashMap<>();
        for (Resource.Kind kind : Resource.Kind.values()) {
            resources.put(kind.name().toLowerCase(Locale.ROOT), view.world().count(kind));
        }
        int alive = (int) view.world().nodes().stream()
                .filter(node -> view.isAlive(node.id()))
                .count();
        return new StatusView(
                Version.text(),
                storeKind,
                store.epoch(),
                store.revision(),
                view.revision(),
                resources,
                alive,
                streams.getAsInt());
    }

    @Override
    public void backup(OutputStream out) throws IOException {
        if (store.revision() == 0) {
            throw RestError.UNAVAILABLE.with("there is nothing to back up");
        }
        Backup.write(store, out);
    }
}
