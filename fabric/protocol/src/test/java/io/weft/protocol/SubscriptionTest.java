package io.weft.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class SubscriptionTest {
    private static final Topic ROUTER = Topic.router(Samples.ROUTER);
    private static final Topic PEER = Topic.peer("host-1");

    private final Subscription subscription = new Subscription();

    private static Batch batch(boolean full, long revision, Message... messages) {
        return new Batch.Changes(
                full, List.of(messages), revision, new Position(new UUID(0, 9), 1, revision, 7), List.of());
    }

    private static Message.Put router(boolean up) {
        return new Message.Put(ROUTER, new RouterFact(Samples.ROUTER, up));
    }

    private static Message.Put peer(String host) {
        return new Message.Put(Topic.peer(host), new Peer(host, List.of()));
    }

    private static Subscription.Difference differs(Message.Put put, boolean before, boolean after) {
        return new Subscription.Difference(
                put.topic(),
                put.key(),
                before ? Optional.of(put.fact()) : Optional.empty(),
                after ? Optional.of(put.fact()) : Optional.empty());
    }

    @Test
    void aFullBatchTellsOnlyWhatDiffers() throws ProtocolException {
        Message[] all = {new Message.Join(ROUTER), new Message.Join(PEER), peer("host-1"), router(true)};
        assertThat(subscription.apply(batch(true, 5, all)))
                .containsExactly(differs(peer("host-1"), false, true), differs(router(true), false, true));
        assertThat(subscription.apply(batch(true, 6, all))).isEmpty();
        assertThat(subscription.apply(batch(true, 7, new Message.Join(ROUTER), router(false))))
                .containsExactly(
                        new Subscription.Difference(
                                ROUTER,
                                "router",
                                Optional.of(router(true).fact()),
                                Optional.of(router(false).fact())),
                        differs(peer("host-1"), true, false));
        assertThat(subscription.topics()).containsExactly(ROUTER);
        assertThat(subscription.position().orElseThrow().revision()).isEqualTo(7);
    }

    @Test
    void applyingABatchTwiceChangesNothing() throws ProtocolException {
        subscription.apply(batch(true, 1, new Message.Join(PEER), peer("host-1")));
        Batch later = batch(
                false,
                2,
                new Message.Join(ROUTER),
                router(true),
                new Message.Delete(PEER, "peer"),
                new Message.Leave(PEER));
        assertThat(subscription.apply(later))
                .containsExactly(differs(router(true), false, true), differs(peer("host-1"), true, false));
        assertThat(subscription.apply(later)).isEmpty();
        assertThat(subscription.records(ROUTER)).hasSize(1);
    }

    @Test
    void joiningATopicAgainReplacesItsRecords() throws ProtocolException {
        subscription.apply(batch(true, 1, new Message.Join(ROUTER), router(true)));
        assertThat(subscription.apply(batch(false, 2, new Message.Join(ROUTER), router(true))))
                .isEmpty();
        assertThat(subscription.apply(batch(false, 3, new Message.Join(ROUTER))))
                .containsExactly(differs(router(true), true, false));
    }

    @Test
    void aSignOfLifeMovesThePositionOn() throws ProtocolException {
        assertThat(subscription.apply(new Batch.Alive(9))).isEmpty();
        assertThat(subscription.position()).isEmpty();
        subscription.apply(batch(true, 1));
        subscription.apply(new Batch.Alive(9));
        subscription.apply(new Batch.Alive(8));
        assertThat(subscription.position()).contains(new Position(new UUID(0, 9), 1, 9, 7));
        subscription.requestFull();
        assertThat(subscription.position()).isEmpty();
    }

    @Test
    void whatDoesNotFitIsRefusedWhole() throws ProtocolException {
        assertThatThrownBy(() -> subscription.apply(batch(false, 1))).isInstanceOf(ProtocolException.class);
        subscription.apply(batch(true, 1, new Message.Join(PEER), peer("host-1")));
        List<Batch> wrong = new ArrayList<>();
        wrong.add(batch(false, 2, new Message.Delete(PEER, "peer"), router(true)));
        wrong.add(batch(false, 2, new Message.Leave(PEER), peer("host-1")));
        wrong.add(batch(true, 2, peer("host-1")));
        wrong.add(batch(false, 2, new Message.Delete(PEER, "peer"), new Message.BatchBegin(true)));
        for (Batch batch : wrong) {
            assertThatThrownBy(() -> subscription.apply(batch)).isInstanceOf(ProtocolException.class);
            assertThat(subscription.records(PEER)).hasSize(1);
            assertThat(subscription.position().orElseThrow().revision()).isEqualTo(1);
        }
    }
}
