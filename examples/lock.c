/* Lock: protects a read-modify-write sequence from changes by other tasks. */
#include <stdio.h>

#include <afetch/afetch.h>

struct account {
    int balance;
    af_lock *lock;
};

static int deposit(void *arg, void **ret_result)
{
    struct account *account = arg;
    int balance = account->balance;
    int r = af_sleep(0.01);
    if (r >= 0)
        account->balance = balance + 10;
    return r;
}

static int deposit_locked(void *arg, void **ret_result)
{
    struct account *account = arg;
    int r = af_lock_acquire(account->lock);
    if (r < 0)
        return r;
    r = deposit(account, NULL);
    af_lock_release(account->lock);
    return r;
}

static int deposit_thrice(af_coroutine *coroutine, struct account *account)
{
    af_task_group *group;
    int r = af_task_group_enter(&group);
    if (r < 0)
        return r;
    for (int i = 0; r >= 0 && i < 3; i++)
        r = af_task_group_create_task(group, coroutine, account, NULL, NULL);
    return af_task_group_exit(group, r);
}

static int main_task(void *arg, void **ret_result)
{
    struct account open = {0}, locked = {0};
    int r = af_lock_new(&locked.lock);
    if (r >= 0)
        r = deposit_thrice(deposit, &open);
    if (r >= 0)
        r = deposit_thrice(deposit_locked, &locked);
    af_lock_free(locked.lock);
    if (r >= 0)
        printf("three times 10: %d without a lock, %d with one\n", open.balance, locked.balance);
    return r;
}

int main(void)
{
    return af_run(NULL, main_task, NULL, NULL) < 0;
}
