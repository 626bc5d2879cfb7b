// Made from thread-main.ts by `npm run build:thread`. Do not edit.

/** The program of the thread that writes. */
export const threadText = `\
var oe=require("node:worker_threads");var ee=require("node:zlib"),te=require("node:timers/promises")\
;var d=class extends Error{name="KeepfitError";code;constructor(t,r,n){super(\`\${t}: \${r}\`,n),this.co\
de=t}};function f(e){return e instanceof Error&&e.name==="KeepfitError"&&"code"in e}var y=class{#n;#\
i;#e;#t=0;#r;constructor(t,r){this.#n=t,this.#i=r,this.#e=new DataView(new ArrayBuffer(4*t.length)),\
this.#r=t[0]??0}add(t){for(let r=0;r<t.byteLength;){for(;this.#r===0;)this.#r=this.#n[++this.#t]??1/\
0;if(this.#r===1/0)return;let n=Math.min(r+this.#r,t.byteLength),i=4*this.#t,o=this.#e.getUint32(i,!\
0);this.#e.setUint32(i,this.#i(t.subarray(r,n),o),!0),this.#r-=n-r,r=n}}toBytes(){return new Uint8Ar\
ray(this.#e.buffer)}};function O(){let e=Promise.resolve();return{run:t=>{let r=e.then(t,t);return e\
=r.catch(()=>{}),r}}}var k=require("node:path");var R={fsStore:"folder",fileSink:"path"},se={ENOSPC:\
"the disk is full",EDQUOT:"the disk quota is used up"};function $(e,t){let r=u(e),n=\`could not \${t.a\
ction} \${t.path} (\${r===""?String(e):r})\`,i=se[r];if(i!==void 0){let o=t.byteLength===void 0?"":\`, a\
nd \${t.byteLength} bytes must fit into \${(0,k.dirname)(t.path)}\`,a=\`\${n}: \${i}\${o}; free some room, \
or \${h(t)}\`;return new d("KEEPFIT_STORE_FULL",a,{cause:e})}return new d("KEEPFIT_STORE_FAILED",\`\${n}\
: \${ae(r,t)}\`,{cause:e})}function u(e){let r=(f(e)?e.cause:e)?.code;return typeof r=="string"?r:""}a\
sync function g(e){try{return await e()}catch(t){if(u(t)==="ENOENT")return;throw t}}function ae(e,t)\
{let{owner:r,path:n}=t,i=R[r];switch(e){case"EACCES":case"EPERM":return\`this user may not; let it re\
ad and write \${(0,k.dirname)(n)}, or \${h(t)}\`;case"EROFS":return\`the file system is read-only; give \
\${r} a \${i} that can be written\`;case"EEXIST":return\`something else has this name; move it away, or \
\${h(t)}\`;case"ENOTDIR":return\`a part of this path is a file; give \${r} a path made of folders\`;case"\
EISDIR":return\`a folder has this name; move it away, or \${h(t)}\`;case"ELOOP":return"a symbolic link \
has this name and cannot be followed; remove it";case"EFBIG":return\`the file system takes no file of\
 this size; give \${r} a \${i} on another one\`;case"ENOENT":return"it was removed meanwhile; let nothi\
ng else write or clean up in this folder";case"EMFILE":case"ENFILE":return"too many files are open; \
raise the limit (ulimit -n)";default:return\`see the cause, or \${h(t)}\`}}function h({owner:e}){return\
\`give \${e} another \${R[e]}\`}var _={open:"open",stat:"look at",lstat:"look at",readdir:"list",mkdir:"\
make the folder",rename:"rename",link:"link",unlink:"delete"},W={read:"read",write:"write",truncate:\
"cut",stat:"look at",utimes:"set the time of",sync:"sync",close:"close"},ce=new Set(["rename","link"\
]);function S(e,t,r={}){let n=K(e,_,(i,o)=>({owner:t,action:i==="open"?de(e.constants,Number(o[1])):\
_[i],path:String(ce.has(i)?o[1]:o[0]),...r}));return{...n,constants:e.constants,open:async(i,o,a)=>K\
(await n.open(i,o,a),W,c=>({owner:t,action:W[c],path:i,...r})),for:i=>S(e,t,{...r,...i})}}function d\
e({O_WRONLY:e,O_EXCL:t=0},r){return(r&t)!==0?"make":(r&e)===0?"read":"open"}function K(e,t,r){let n=\
e,i=Object.keys(t).map(o=>[o,async(...a)=>{try{return await Reflect.apply(n[o],e,a)}catch(c){throw f\
(c)?c:$(c,r(o,a))}}]);return Object.fromEntries(i)}var je=16*1024*1024;function v(e,t,r){return{...e\
,fs:S(t,"fsStore"),host:r,commits:O()}}var A=require("node:crypto"),b=require("node:path");var le=".\
safetensors";function L(e,t){return(0,b.join)(e,\`\${t}\${le}\`)}function N(e,t){return(0,b.join)(e,\`.\${\
t}.\${(0,A.randomUUID)()}.tmp\`)}var w=require("node:path");async function E({fs:e,host:t},r){if(t.isW\
indows)return;let n=await e.for({action:"sync the folder"}).open(r,e.constants.O_RDONLY);try{await n\
.sync()}catch(i){if(u(i)!=="EINVAL")throw i}finally{await n.close()}}var ue=new Set(["EACCES","EPERM\
"]);async function U(e){let t=await j(e,e.path);t&&e.isPrepared||(await D(e,e.path,t),e.isPrepared=!\
0)}async function D(e,t,r){let n=(0,w.dirname)(t);if(r)return me(e,t);await D(e,n,await j(e,n));try{\
await e.fs.mkdir(t,{mode:448})}catch(i){if(u(i)!=="EEXIST")throw i}await E(e,n)}async function j({fs\
:e},t){let r=e.for({action:"look at the folder"}),n=await g(()=>r.stat(t,{bigint:!0}));if(n===void 0\
)return!1;if(n.isDirectory())return!0;throw new d("KEEPFIT_STORE_FAILED",\`\${t} is a file, but fsStor\
e needs a folder there; give fsStore the path of a folder\`)}async function me(e,t){if((0,w.dirname)(\
t)!==t)try{await E(e,(0,w.dirname)(t))}catch(r){if(!ue.has(u(r)))throw r}}async function H(e,t){let{\
O_WRONLY:r,O_CREAT:n,O_EXCL:i,O_NOFOLLOW:o=0}=e.constants,a=await e.open(t,r|n|i|o,384);return{path:\
t,handle:a,isOpen:!0}}async function T(e){e.isOpen=!1,await e.handle.close()}async function M(e,t){t\
.isOpen&&await T(t).catch(()=>{}),await e.unlink(t.path).catch(()=>{})}var fe=new Set(["EPERM","EACC\
ES","EBUSY"]),pe=500,ye=1e4;async function B(e,t,r=async()=>{}){for(let n=0,i=10;;n+=i,i=Math.min(2*\
i,pe)){await r();try{return await t()}catch(o){if(!e.isWindows||!fe.has(u(o))||n>=ye)throw o}await e\
.pause(i)}}async function q(e,t,r,n){for(let i=0;i<t.length;){let o=Math.min(t.length-i,1073741824),\
{bytesWritten:a}=await e.write(t,i,o,r+i);if(!(a>0&&a<=o))throw n(o,a);i+=a}}var F=class{#n;#i;#e=0;\
#t;#r;constructor(t,r){this.#n=t,this.#i=r}add(t){this.throwFailure(),this.#e+=t,!(this.#e<this.#i||\
this.#t!==void 0)&&(this.#e=0,this.#t=this.#o())}async waitUntilIdle(){await this.#t}throwFailure(){\
if(this.#r!==void 0)throw this.#r.error}async#o(){try{await this.#n.handle.sync()}catch(t){this.#r={\
error:t}}this.#t=void 0}};var P="the old checkpoint stays";function V(e,t,r,n){let[i,o]=[r,n].map(a=\
>a===null?"no checkpoint":\`version \${a}\`);return new d("KEEPFIT_STORE_CONFLICT",\`\${e} should be \${i}\
, but is \${o}: another trainer wrote in \${t}, and nothing was changed. Stop one of the two, or give \
each its own folder or name\`)}function Y(e,t,r){return new d("KEEPFIT_STORE_FAILED",\`\${e} should hav\
e \${t} bytes, but has \${r}; \${P}\`)}function G(e,t,r){return new d("KEEPFIT_STORE_FAILED",\`a write of\
 \${t} bytes to \${e} wrote \${r}; \${P}\`)}function C(e,t,r){return new d("KEEPFIT_STORE_FAILED",\`the ch\
unks for \${e} must add up to the announced \${t} bytes, but came to \${r}; \${P}\`)}function z(e,t){retu\
rn new d("KEEPFIT_STORE_FAILED",\`the new checkpoint is in place at \${e}, but a power cut may bring b\
ack the old one because the folder could not be synced (\${u(t)||String(t)}); check the disk before y\
ou continue\`,{cause:t})}function x({dev:e,ino:t,mtimeNs:r,size:n}){return\`\${e}:\${t}:\${r}:\${n}\`}async\
 function J(e,t){try{await E(e,e.path)}catch(r){throw z(t,r.cause)}}async function X(e,t,r,n,i){let{\
byteLength:o}=r,a=L(e.path,t),c=await Q(e,a,n);await U(e);let l=await H(e.fs.for({byteLength:o}),i?.\
temp??N(e.path,t)),m;try{await he(l,r,e.syncEvery);let p=await ge(l,o);await we(e,l,p,c),await l.han\
dle.sync(),await T(l),m=x(await e.fs.lstat(l.path,{bigint:!0})),i?.beforeRename(m),await e.commits.r\
un(()=>Fe(e,a,l,n))}catch(p){throw await M(e.fs,l),p}return await J(e,a),m}async function Q({fs:e,pa\
th:t},r,n){let i=await g(()=>e.lstat(r,{bigint:!0})),o=i===void 0?null:x(i);if(n===void 0||n.replace\
s===o)return i;throw V(r,t,n.replaces,o)}async function he(e,t,r){let n=new F(e,r);try{await Ee(e,t,\
i=>n.add(i))}finally{await n.waitUntilIdle()}n.throwFailure()}async function Ee({path:e,handle:t},{b\
yteLength:r,chunks:n},i){let o=0;for await(let a of n){let c=new Uint8Array(a.buffer,a.byteOffset,a.\
byteLength);if(o+c.length>r)throw C(e,r,\`\${o+c.length} or more\`);await q(t,c,o,(l,m)=>G(e,l,m)),o+=c\
.length,i(c.length)}if(o!==r)throw C(e,r,String(o))}async function ge({path:e,handle:t},r){let n=awa\
it t.stat({bigint:!0});if(n.size===BigInt(r))return n;throw Y(e,r,n.size)}async function we(e,{handl\
e:t},r,n){let i=n!==void 0&&n.mtimeNs>e.newestTime?n.mtimeNs:e.newestTime,{mtimeNs:o}=r;for(let a of\
[2n,2000n]){if(o>i)break;let c=Number(i/1000000n+a)/1e3;await t.utimes(c,c),{mtimeNs:o}=await t.stat\
({bigint:!0})}o>e.newestTime&&(e.newestTime=o)}async function Fe(e,t,r,n){let i=e.fs.for({action:"pu\
t a new checkpoint at"});await B(e.host,()=>i.rename(r.path,t),async()=>n&&Q(e,t,n))}function Z(e){i\
f(!f(e))throw e;let{code:t,message:r,cause:n}=e;return{code:t,message:r.slice(\`\${t}: \`.length),cause\
:n instanceof Error?{message:n.message,fields:{...n}}:void 0}}async function re(e,t){let r=new I(e);\
for(;;){let n=await r.receive();n.kind==="begin"&&r.send({kind:"ended",outcome:await ke(r,n.job,t)})\
,r.flush()}}async function ke(e,t,r){let n=v(t.folder,r,{isWindows:!1,pause:te.setTimeout}),{path:i,\
syncEvery:o}=n,a=Se(e,t),c=await X(n,t.key,a,t.condition,{temp:t.temp,beforeRename:p=>{e.send({kind:\
"renaming",version:p}),e.flush()}}).catch(Z),{isPrepared:l,newestTime:m}=n;return{folder:{path:i,syn\
cEvery:o,isPrepared:l,newestTime:m},result:c}}function Se(e,{byteLength:t,partLengths:r}){let n=be(e\
);return{byteLength:t,chunks:r===void 0?n:Te(n,r)}}async function*be(e){for(;;){let t=await e.receiv\
e();if(t.kind==="commit")return;if(t.kind!=="bytes")throw new d("KEEPFIT_STORE_FAILED","the store ha\
s given up");let{buffer:r,length:n}=t;yield new Uint8Array(r,0,n),e.send({kind:"freed",buffer:r})}}a\
sync function*Te(e,t){let r=new y(t,ee.crc32);for await(let n of e)r.add(n),yield n;yield r.toBytes(\
)}var I=class{#n;#i=[];#e=[];#t=()=>{};constructor(t){this.#n=t,t.on("message",r=>{this.#i.push(...r\
),this.#t()})}async receive(){for(;;){let t=this.#i.shift();if(t!==void 0)return t;this.flush(),awai\
t new Promise(r=>{this.#t=r})}}send(t){this.#e.push(t)}flush(){if(this.#e.length===0)return;let t=th\
is.#e.flatMap(r=>r.kind==="freed"?[r.buffer]:[]);this.#n.postMessage(this.#e,t),this.#e=[]}};var s=r\
equire("node:fs"),ne=require("node:util"),Pe=(0,ne.promisify)(s.fsync),ie={constants:s.constants,ope\
n:async(e,t,r)=>Ce((0,s.openSync)(e,t,r)),stat:async(e,t)=>(0,s.statSync)(e,t),lstat:async(e,t)=>(0,\
s.lstatSync)(e,t),readdir:async(e,t)=>(0,s.readdirSync)(e,t),mkdir:async(e,t)=>(0,s.mkdirSync)(e,t),\
rename:async(e,t)=>(0,s.renameSync)(e,t),link:async(e,t)=>(0,s.linkSync)(e,t),unlink:async e=>(0,s.u\
nlinkSync)(e)};function Ce(e){return{read:async(...t)=>({bytesRead:(0,s.readSync)(e,...t)}),write:as\
ync(...t)=>({bytesWritten:(0,s.writeSync)(e,...t)}),stat:async t=>(0,s.fstatSync)(e,t),utimes:async(\
...t)=>(0,s.futimesSync)(e,...t),sync:()=>Pe(e),close:async()=>(0,s.closeSync)(e)}}re(oe.parentPort,\
ie).catch(e=>{queueMicrotask(()=>{throw e})});`;
