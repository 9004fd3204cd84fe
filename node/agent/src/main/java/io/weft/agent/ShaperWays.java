package io.weft.agent;

import io.weft.agent.drivers.DeviceDriver;
import io.weft.agent.shaping.AddressShaperDriver;
import io.weft.agent.shaping.ShaperDriver;
import io.weft.agent.shaping.Shapers;
import io.weft.agent.tables.AddressShaper;
import io.weft.agent.tables.Fold;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Leads packets to the pairs of devices that hold them back. Owned by the node's thread. */
final class ShaperWays {
    private final Fold fold;
    private final DeviceDriver devices;
    private final ShaperDriver shaping;
    private final AddressShaperDriver addressShaping;

    private Map<Integer, Shapers.Pair> pairs = Map.of();
    private Map<Integer, Integer> shapers = Map.of();
    private Optional<AddressShaper> addressPair = Optional.empty();
    private Optional<AddressShaper> addressShaper = Optional.empty();

    ShaperWays(Fold fold, DeviceDriver devices, ShaperDriver shaping, AddressShaperDriver addressShaping) {
        this.fold = fold;
        this.devices = devices;
        this.shaping = shaping;
        this.addressShaping = addressShaping;
    }

    /** Follows what the drivers have made; whether that is other than before. */
    boolean follow() {
        boolean ports = followPorts();
        return followAddresses() || ports;
    }

    /** Packets are led to a pair once its second end returns them. */
    private boolean followPorts() {
        boolean changed = false;
        Map<Integer, Shapers.Pair> now = shaping.pairs();
        if (!now.equals(pairs)) {
            now.values().forEach(pair -> devices.want(pair.second(), DeviceDriver.Role.SHAPER));
            pairs = now;
            changed = true;
        }
        Map<Integer, Integer> ready = new HashMap<>();
        now.forEach((device, pair) -> {
            if (devices.runs(pair.second())) {
                ready.put(device, pair.first());
            }
        });
        if (!ready.equals(shapers)) {
            shapers = ready;
            fold.shapers(ready);
            changed = true;
        }
        return changed;
    }

    /** The same for what passes by addresses outside. */
    private boolean followAddresses() {
        boolean changed = false;
        Optional<AddressShaper> now = addressShaping.present();
        if (!now.equals(addressPair)) {
            now.ifPresent(pair -> {
                devices.want(pair.sends(), DeviceDriver.Role.SHAPER);
                devices.want(pair.receives(), DeviceDriver.Role.SHAPER);
            });
            addressPair = now;
            changed = true;
        }
        Optional<AddressShaper> ready = now.filter(pair -> devices.runs(pair.sends()) && devices.runs(pair.receives()));
        if (!ready.equals(addressShaper)) {
            addressShaper = ready;
            fold.addressShaper(ready);
            changed = true;
        }
        return changed;
    }
}
