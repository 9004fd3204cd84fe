package io.weft.agent.status;

import io.weft.model.MacAddress;
import io.weft.protocol.AddressClaim;
import io.weft.protocol.NodeReport;
import io.weft.vrouter.AddressKey;
import io.weft.vrouter.LearnedAddress;
import io.weft.vrouter.Place;
import io.weft.vrouter.VrouterEvent;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.IntFunction;

/**
 * Which shared addresses this node's ports hold, as the data path learned it; for the server's information, nothing in
 * forwarding depends on it. The latest are kept, at most {@link NodeReport#MAX_CLAIMS}. Owned by the loop's thread.
 */
public final class Claims {
    private record Holder(int ifindex, MacAddress mac) {}

    private final Map<AddressKey, Holder> holders = new LinkedHashMap<>();
    private List<AddressClaim> told = List.of();

    /** What a former process has learned. */
    public void restore(Map<AddressKey, LearnedAddress> learned) {
        learned.entrySet().stream()
                .sorted((a, b) -> Long.compare(a.getValue().seen(), b.getValue().seen()))
                .forEach(e ->
                        learned(e.getKey(), e.getValue().mac(), e.getValue().place()));
    }

    /** An address has a new place. */
    public void learned(VrouterEvent.Learned event) {
        learned(new AddressKey(event.network(), event.address()), event.mac(), event.place());
    }

    private void learned(AddressKey key, MacAddress mac, Place place) {
        holders.remove(key);
        if (place.kind() == Place.Kind.LOCAL && !key.address().isLinkLocal()) {
            holders.put(key, new Holder(place.number(), mac));
            if (holders.size() > NodeReport.MAX_CLAIMS) {
                holders.remove(holders.keySet().iterator().next());
            }
        }
    }

    /**
     * All claims, when they are others than at the last call.
     *
     * @param ports the port of a device; one that has none, or is not bound yet, holds nothing
     */
    public Optional<List<AddressClaim>> news(IntFunction<Optional<UUID>> ports) {
        List<AddressClaim> claims = new ArrayList<>();
        holders.forEach((key, holder) -> ports.apply(holder.ifindex())
                .ifPresent(port -> claims.add(new AddressClaim(port, key.address(), holder.mac()))));
        if (claims.equals(told)) {
            return Optional.empty();
        }
        told = List.copyOf(claims);
        return Optional.of(told);
    }
}
