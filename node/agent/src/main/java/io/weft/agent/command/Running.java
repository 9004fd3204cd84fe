package io.weft.agent.command;

import java.util.concurrent.CountDownLatch;

/** How the process of an agent ends. */
final class Running {
    private Running() {}

    /** Comes back when the process was asked to stop and the agent has ended. */
    static void untilStopped(Runnable end) throws InterruptedException {
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            end.run();
                            stopped.countDown();
                        },
                        "stop"));
        stopped.await();
    }
}
