package io.weft.neutron;

import io.weft.domain.Caller;
import io.weft.rest.Call;

/** The domain's view of who asks. */
final class Callers {
    private Callers() {}

    static Caller of(Call call) {
        return new Caller(call.caller().project(), call.caller().admin());
    }
}
